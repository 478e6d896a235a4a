import type { Option } from 'commander';

/** Adds an option to a command, and the variable that it can come from. */
export type AddOption = (flags: string, description: string, configure?: (option: Option) => Option) => void;
