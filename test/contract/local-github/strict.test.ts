import { describe, expect, test } from "@jest/globals";
import {
  isDescribed,
  validateDelivery,
  validateRequest,
  validateResponse,
} from "../../doubles/github/schemas/validate.ts";

const ISSUE = "/repos/{owner}/{repo}/issues/{issue_number}";
const ISSUES = "/repos/{owner}/{repo}/issues";
const params = { owner: "octo", repo: "shop", issue_number: "7" };

describe("a request", () => {
  test("that GitHub documents has no problems", () => {
    expect(
      validateRequest("PATCH", ISSUE, { params, body: { state: "closed", labels: ["bug"], assignee: null } }),
    ).toEqual([]);
    expect(validateRequest("GET", ISSUES, { params, query: { state: "all", per_page: "100", labels: "a,b" } })).toEqual(
      [],
    );
    expect(
      validateRequest("DELETE", `${ISSUE}/labels/{name}`, { params: { ...params, name: "bug" }, body: {} }),
    ).toEqual([]);
  });

  test("with a body property that GitHub does not know is told by its path", () => {
    expect(validateRequest("POST", ISSUES, { params, body: { title: "x", colour: "red" } })).toEqual([
      `POST ${ISSUES} body: /colour is not described by GitHub`,
    ]);
    expect(validateRequest("POST", ISSUES, { params, body: { title: "x", labels: [{ name: "a", hue: 1 }] } })).toEqual([
      `POST ${ISSUES} body: /labels/0/hue is not described by GitHub`,
    ]);
  });

  test("with a wrong type tells the wanted one", () => {
    expect(validateRequest("PATCH", ISSUE, { params, body: { state: "done", body: 3 } })).toEqual([
      `PATCH ${ISSUE} body: /body must be string or null`,
      `PATCH ${ISSUE} body: /state must be one of ["open","closed"]`,
    ]);
  });

  test("without what is required is refused", () => {
    expect(validateRequest("POST", `${ISSUE}/comments`, { params, body: {} })).toEqual([
      `POST ${ISSUE}/comments body: / must have body`,
    ]);
    expect(validateRequest("POST", `${ISSUE}/comments`, { params })).toEqual([
      `POST ${ISSUE}/comments body: is missing`,
    ]);
    expect(validateRequest("GET", "/search/issues", { query: {} })).toEqual([
      "GET /search/issues query: q is required",
    ]);
  });

  test("with an unknown or impossible parameter is refused", () => {
    expect(validateRequest("GET", ISSUES, { params, query: { page_size: "3", per_page: "500", page: "two" } })).toEqual(
      [
        `GET ${ISSUES} query: page_size is not a parameter of this operation`,
        `GET ${ISSUES} query: /per_page must be <= 100`,
        `GET ${ISSUES} query: /page must be integer`,
      ],
    );
    expect(validateRequest("GET", ISSUE, { params: { ...params, issue_number: "seven" } })).toEqual([
      `GET ${ISSUE} path: /issue_number must be integer`,
    ]);
  });

  test("with a body where none is taken is refused", () => {
    expect(validateRequest("GET", ISSUE, { params, body: { a: 1 } })).toEqual([
      `GET ${ISSUE} body: this operation takes no body`,
    ]);
  });

  test("holds a check run to the alternatives that its status allows", () => {
    const pattern = "/repos/{owner}/{repo}/check-runs/{check_run_id}";
    const problems = (body: object): string[] =>
      validateRequest("PATCH", pattern, { params: { check_run_id: "1" }, body });
    expect(problems({ status: "in_progress" })).toEqual([]);
    expect(problems({ status: "completed", conclusion: "success" })).toEqual([]);
    expect(problems({ status: "completed" }).join("\n")).toContain("must have conclusion");
    const output = { summary: "s", annotations: [{ path: "a.ts", start_line: 1, message: "m" }] };
    expect(problems({ output }).join("\n")).toContain("/output/annotations/0 must have end_line, annotation_level");
  });

  test("to an operation that GitHub does not have is a problem", () => {
    expect(validateRequest("GET", "/repos/{owner}/{repo}/wishes", {})).toEqual([
      expect.stringContaining("GET /repos/{owner}/{repo}/wishes: is no operation of GitHub's description"),
    ]);
    expect(isDescribed("GET", ISSUE)).toBe(true);
    expect(isDescribed("PUT", ISSUE)).toBe(false);
  });
});

describe("an answer", () => {
  const label = {
    id: 1,
    node_id: "L_1",
    url: "https://api.github.test/l",
    name: "bug",
    description: null,
    color: "f00",
    default: true,
  };
  const pattern = "/repos/{owner}/{repo}/labels/{name}";

  test("of the described shape has no problems", () => {
    expect(validateResponse("GET", pattern, 200, label)).toEqual([]);
  });

  test("with a wrong or missing property is told with method, path and status", () => {
    expect(validateResponse("GET", pattern, 200, { ...label, color: 255, url: undefined })).toEqual([
      `GET ${pattern} response 200: / must have url`,
      `GET ${pattern} response 200: /color must be string`,
    ]);
  });

  test("counts null as a value only where GitHub does", () => {
    expect(validateResponse("GET", pattern, 200, { ...label, description: null })).toEqual([]);
    expect(validateResponse("GET", pattern, 200, { ...label, name: null })).toEqual([
      `GET ${pattern} response 200: /name must be string`,
    ]);
  });

  test("may leave out the line of an outdated review comment, as GitHub does", () => {
    const comment = "/repos/{owner}/{repo}/pulls/comments/{comment_id}";
    const problems = validateResponse("GET", comment, 200, { line: null, position: null, path: null }).join("\n");
    expect(problems).toContain("/path must be string");
    expect(problems).not.toMatch(/line|position/);
  });

  test("without a JSON body is not looked at", () => {
    expect(validateResponse("DELETE", pattern, 204, undefined)).toEqual([]);
    expect(validateResponse("GET", "/repos/{owner}/{repo}/pulls/{pull_number}", 200, "diff --git a/x b/x")).toEqual([]);
    expect(validateResponse("GET", "/repos/{owner}/{repo}/contents/{path}", 200, Buffer.from("raw"))).toEqual([]);
  });

  test("with a status that GitHub does not document is a problem, except for errors", () => {
    expect(validateResponse("GET", pattern, 202, label)).toEqual([
      `GET ${pattern} response 202: is not described, only 200, 404`,
    ]);
    expect(validateResponse("GET", pattern, 502, { message: "Server Error" })).toEqual([]);
    expect(validateResponse("GET", pattern, 502, {})).toEqual([`GET ${pattern} response 502: / must have message`]);
  });

  test("accepts the mail address of a bot", () => {
    const person = {
      name: "codegen[bot]",
      email: "7+codegen[bot]@users.noreply.github.com",
      date: "2026-01-02T03:04:05Z",
    };
    const commit = "/repos/{owner}/{repo}/git/commits/{commit_sha}";
    const body = { author: person, committer: { ...person, date: "yesterday" } };
    const problems = validateResponse("GET", commit, 200, body).join("\n");
    expect(problems).not.toContain("email");
    expect(problems).toContain('/committer/date must match format "date-time"');
  });
});

describe("a delivery", () => {
  test("is held against its event and action", () => {
    expect(validateDelivery("issue_comment", "created", { action: "created", issue: {} })).toEqual(
      expect.arrayContaining(["delivery issue_comment.created: / must have comment, repository, sender"]),
    );
    expect(validateDelivery("ping", undefined, { zen: "Design for failure.", hook_id: "1" })).toEqual([
      "delivery ping: /hook_id must be integer",
    ]);
  });

  test("of an unknown event or action is a problem", () => {
    expect(validateDelivery("issues", "exploded", {})).toEqual([
      "delivery issues.exploded: GitHub describes no such event or action",
    ]);
    expect(validateDelivery("push", "created", {})).toHaveLength(1);
  });
});
