/** Which nodes of a language steer the flow of a program, in the terms of the two complexities. */
import type { Language } from "../syntax/languages.ts";

/**
 * - `function`: has complexities of its own
 * - `branch`: one more path; costs more the deeper it lies, and what is in its parts lies one deeper
 * - `path`: one more path, for cyclomatic complexity alone (a case)
 * - `turn`: costs 1 however deep (`else`), and its inside lies one deeper
 * - `jump`: costs 1 when it names a label
 * - `deeper`: what is in it lies one deeper
 * - `logical`: may join conditions
 */
export type Role = "function" | "branch" | "switch" | "path" | "turn" | "jump" | "deeper" | "logical";

const ecma: Readonly<Record<string, Role>> = {
  function_declaration: "function",
  generator_function_declaration: "function",
  function_expression: "function",
  generator_function: "function",
  arrow_function: "function",
  method_definition: "function",
  if_statement: "branch",
  else_clause: "turn",
  for_statement: "branch",
  for_in_statement: "branch",
  while_statement: "branch",
  do_statement: "branch",
  switch_statement: "switch",
  switch_case: "path",
  switch_default: "deeper",
  catch_clause: "branch",
  ternary_expression: "branch",
  break_statement: "jump",
  continue_statement: "jump",
  binary_expression: "logical",
};

export const roles: Readonly<Record<Language, Readonly<Record<string, Role>>>> = {
  typescript: ecma,
  tsx: ecma,
  javascript: ecma,
  python: {
    function_definition: "function",
    lambda: "function",
    if_statement: "branch",
    elif_clause: "turn",
    else_clause: "turn",
    for_statement: "branch",
    while_statement: "branch",
    except_clause: "branch",
    except_group_clause: "branch",
    conditional_expression: "branch",
    match_statement: "switch",
    case_clause: "path",
    if_clause: "path",
    for_in_clause: "path",
    boolean_operator: "logical",
  },
  go: {
    function_declaration: "function",
    method_declaration: "function",
    func_literal: "function",
    if_statement: "branch",
    for_statement: "branch",
    expression_switch_statement: "switch",
    type_switch_statement: "switch",
    select_statement: "switch",
    expression_case: "path",
    type_case: "path",
    communication_case: "path",
    default_case: "deeper",
    binary_expression: "logical",
    goto_statement: "jump",
    break_statement: "jump",
    continue_statement: "jump",
  },
  rust: {
    function_item: "function",
    closure_expression: "function",
    if_expression: "branch",
    else_clause: "turn",
    for_expression: "branch",
    while_expression: "branch",
    loop_expression: "branch",
    match_expression: "switch",
    match_arm: "path",
    binary_expression: "logical",
    break_expression: "jump",
    continue_expression: "jump",
  },
  java: {
    method_declaration: "function",
    constructor_declaration: "function",
    compact_constructor_declaration: "function",
    lambda_expression: "function",
    if_statement: "branch",
    for_statement: "branch",
    enhanced_for_statement: "branch",
    while_statement: "branch",
    do_statement: "branch",
    switch_expression: "switch",
    switch_block_statement_group: "path",
    switch_rule: "path",
    catch_clause: "branch",
    ternary_expression: "branch",
    binary_expression: "logical",
    break_statement: "jump",
    continue_statement: "jump",
  },
};

/** The parts of a branch in which things lie one deeper; its condition does not. */
export const deeperParts: ReadonlySet<string> = new Set(["body", "consequence", "alternative"]);
