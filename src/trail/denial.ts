// What counts as a refusal: services spell it in many ways. The same in SQL: is_denied of queries/models/call-attributions.sql.

/** Not NotAuthorizedException: Cognito returns it for a wrong password. */
export const DENIED =
  /AccessDenied|AuthorizationError|Forbidden|NotAuthorized$|Unauthorized(Operation|Access|Exception)?$/;

export function isDenied(errorCode: string | null): boolean {
  return errorCode !== null && DENIED.test(errorCode);
}
