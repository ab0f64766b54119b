module.exports = globalThis.__outside("tree-sitter");
