// As an ES module, which is what the doubles import too: graphql refuses to work with two copies of itself.
export * from "graphql";
