module.exports = globalThis.__native["tree-sitter-typescript"];
