/** What `analysis:` of `.codegen.yml` means where nothing is written. */
export const analysisDefaults = {
  thresholds: {
    cognitive: 15,
    cyclomatic: 20,
    lines: 100,
    parameters: 7,
    nesting: 4,
    maintainability: 20,
    duplication: 10,
  },
  rules: {},
  own_rules: [],
  layers: [],
  ignore: [],
  comments: 10,
};
