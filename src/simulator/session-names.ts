// Owns how the truth reads session names: EKS Pod Identity's form, and the convention that some operators set.

const POD_IDENTITY = /^eks-.{1,10}-.{1,10}-[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const CONVENTION = /^eks-(.+)-[A-Za-z0-9]+$/;
const NAMESPACE = /^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/;
const SERVICE_ACCOUNT = /^[a-z0-9](?:[-a-z0-9.]{0,251}[a-z0-9])?$/;

export function isPodIdentityName(name: string): boolean {
  return POD_IDENTITY.test(name);
}

/** The subject claims that `eks-<namespace>-<serviceaccount>-<suffix>` may mean; none when the name has another form. */
export function conventionSplits(name: string): string[] {
  const middle = isPodIdentityName(name) ? undefined : CONVENTION.exec(name)?.[1];
  if (middle === undefined) return [];
  const parts = middle.split('-');
  return parts.slice(1).flatMap((_, index) => {
    const namespace = parts.slice(0, index + 1).join('-');
    const serviceAccount = parts.slice(index + 1).join('-');
    const isLegal = NAMESPACE.test(namespace) && SERVICE_ACCOUNT.test(serviceAccount);
    return isLegal ? [`system:serviceaccount:${namespace}:${serviceAccount}`] : [];
  });
}
