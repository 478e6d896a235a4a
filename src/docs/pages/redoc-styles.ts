/**
 * Digests (Content Security Policy Level 3, section 2.3.1) of style elements that Redoc makes: empty ones, which it fills
 * rule by rule, and one for scroll bars.
 */
export const redocStyles: readonly string[] = [
  "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='",
  "'sha256-QMIg+bpjm3JdElJ388KYke01izlUW0UoNOeKjpMxdgc='",
];
