import type { APIGatewayProxyEvent, APIGatewayProxyEventV2, Context } from "aws-lambda";
import type { LambdaEvent } from "../../../handlers/lambda.ts";

/** What Lambda gives besides; none of it is read. */
export const context = { awsRequestId: "1", functionName: "webhooks" } as Context;

export interface Posted {
  readonly body: string;
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly method?: string;
}

const path = "/api/github/webhooks";

/** API Gateway REST API, payload format 1.0: header names as the sender wrote them. */
export function restEvent({ body, headers, method = "POST" }: Posted): LambdaEvent {
  const event: Partial<APIGatewayProxyEvent> = {
    resource: path,
    path,
    httpMethod: method,
    headers: { ...headers, Host: "example.execute-api.eu-central-1.amazonaws.com" },
    queryStringParameters: null,
    body,
    isBase64Encoded: false,
  };
  return event as APIGatewayProxyEvent;
}

/** API Gateway HTTP API, payload format 2.0, and function URLs: header names in lower case. */
export function httpEvent({ body, headers, method = "POST" }: Posted): LambdaEvent {
  const lower = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
  const event = {
    version: "2.0",
    routeKey: `${method} ${path}`,
    rawPath: path,
    rawQueryString: "",
    headers: Object.fromEntries(lower) as Record<string, string>,
    requestContext: {
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "192.0.2.1", userAgent: "GitHub-Hookshot" },
    },
    body,
    isBase64Encoded: false,
  };
  return event as unknown as APIGatewayProxyEventV2;
}

export function inBase64(event: LambdaEvent): LambdaEvent {
  return { ...event, body: Buffer.from(event.body ?? "").toString("base64"), isBase64Encoded: true };
}
