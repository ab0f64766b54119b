/** One entry of GitHub's `errors` list. */
export interface FieldProblem {
  resource: string;
  field?: string;
  code: "missing" | "missing_field" | "invalid" | "already_exists" | "unprocessable" | "custom";
  message?: string;
  value?: unknown;
}

/** An answer that refuses; thrown by handlers and operations, written by the server in GitHub's form. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  readonly status: number;
  readonly errors: (FieldProblem | string)[] | undefined;
  readonly headers: Record<string, string>;

  constructor(
    status: number,
    message: string,
    errors?: (FieldProblem | string)[],
    headers: Record<string, string> = {},
  ) {
    super(message);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }
}

export function notFound(): HttpProblem {
  return new HttpProblem(404, "Not Found");
}

/** 422 as GitHub's classic validation answers. */
export function validationFailed(...errors: (FieldProblem | string)[]): HttpProblem {
  return new HttpProblem(422, "Validation Failed", errors);
}

/** The token of the app lacks a permission for this. */
export function notAccessible(): HttpProblem {
  return new HttpProblem(403, "Resource not accessible by integration");
}
