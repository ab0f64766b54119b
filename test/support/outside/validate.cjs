module.exports = globalThis.__outside("validate");
