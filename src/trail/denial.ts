// Owns what a refusal is: services spell it in many ways. The same in SQL: is_denied of queries/models/call-attributions.sql.

/** NotAuthorizedException is none: Cognito says it of a user's wrong password. */
export const DENIED =
  /AccessDenied|AuthorizationError|Forbidden|NotAuthorized$|Unauthorized(Operation|Access|Exception)?$/;

export function isDenied(errorCode: string | null): boolean {
  return errorCode !== null && DENIED.test(errorCode);
}
