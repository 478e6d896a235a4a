const texts = new WeakMap();

/** A filter that looks at the tools, where Swagger UI's own looks at their tags. */
export function findTools(count) {
  return ({ React }) => ({
    fn: {
      opsFilter(tags, phrase) {
        const words = String(phrase).toLowerCase().split(/\s+/).filter(Boolean);
        return keepOperations(tags, (operation) => words.every((word) => textOf(operation).includes(word)));
      },
    },
    wrapComponents: { FilterContainer: () => toFilter(React.createElement, count) },
  });
}

function toFilter(h, count) {
  return ({ layoutActions, layoutSelectors }) => {
    const phrase = layoutSelectors.currentFilter();
    if (phrase === null || phrase === false) return null;
    const input = h('input', {
      type: 'search',
      className: 'operation-filter-input',
      value: phrase === true || phrase === 'true' ? '' : phrase,
      autoComplete: 'off',
      spellCheck: false,
      onChange: ({ target }) => layoutActions.updateFilter(target.value === '' ? true : target.value),
    });
    return h(
      'div',
      { className: 'filter wrapper', role: 'search' },
      h('label', null, 'Find a tool ', input),
      h('p', { className: 'found' }, `${count} tools`),
    );
  };
}

function textOf(operation) {
  const known = texts.get(operation);
  if (known !== undefined) return known;
  const inner = operation.get('operation');
  const parts = [
    operation.get('path'),
    ...['summary', 'description', 'operationId'].map((key) => inner.get(key)),
  ];
  const text = parts.filter(Boolean).join(' ').slice(0, 10_000).toLowerCase();
  texts.set(operation, text);
  return text;
}

function keepOperations(tags, keeps) {
  return tags
    .map((tag) => tag.set('operations', tag.get('operations').filter(keeps)))
    .filter((tag) => tag.get('operations').size > 0);
}
