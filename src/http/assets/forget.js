import { offerToForget } from './access.js';

offerToForget();
