// The texts of the large server, so that whoever reads them can tell whether they arrived whole.

const line = 'All work and no play makes Jack a dull boy.  ';

/**
 * About so many bytes of ASCII.
 *
 * @param {'text' | 'json'} form of JSON, an array of strings
 * @param {number} bytes
 */
export function toText(form, bytes) {
  if (form === 'text') return line.repeat(Math.ceil(bytes / line.length)).slice(0, bytes);
  const item = `"${line}",`;
  return `[${item.repeat(Math.floor((bytes - 4) / item.length))}""]`;
}
