module.exports = globalThis.__outside("graphql");
