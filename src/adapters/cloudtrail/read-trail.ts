// Reads what CloudTrail says of a trail: its settings, whether it delivers, and which events it selects.
// https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
import {
  type AdvancedEventSelector,
  type CloudTrailClient,
  type EventSelector,
  GetEventSelectorsCommand,
  GetTrailCommand,
  GetTrailStatusCommand,
} from '@aws-sdk/client-cloudtrail';
import type { TrailState } from '../../live/trail-check.ts';

/** Throws what the SDK throws, as where there is no such trail. */
export async function readTrail(client: CloudTrailClient, trailArn: string): Promise<TrailState> {
  const [{ Trail = {} }, status, selected] = await Promise.all([
    client.send(new GetTrailCommand({ Name: trailArn })),
    client.send(new GetTrailStatusCommand({ Name: trailArn })),
    client.send(new GetEventSelectorsCommand({ TrailName: trailArn })),
  ]);
  const basic = selected.EventSelectors ?? [];
  const advanced = (selected.AdvancedEventSelectors ?? []).map(fieldsOf);
  const error = status.LatestDeliveryError ?? '';
  return {
    trail: trailArn,
    isMultiRegion: Trail.IsMultiRegionTrail === true,
    hasGlobalServiceEvents: Trail.IncludeGlobalServiceEvents === true,
    isValidated: Trail.LogFileValidationEnabled === true,
    isEncrypted: (Trail.KmsKeyId ?? '') !== '',
    isLogging: status.IsLogging === true,
    deliveredAt: status.LatestDeliveryTime?.getTime() ?? null,
    deliveryError: error === '' ? null : error,
    managementEvents: managementEvents(basic, advanced),
    dataEvents: [
      ...basic.flatMap(({ DataResources = [] }) => DataResources.flatMap(({ Type }) => Type ?? [])),
      ...advanced.filter(({ category }) => category === 'Data').flatMap(({ types }) => types),
    ],
  };
}

interface Selected {
  category: string | undefined;
  /** Null for reads and writes. */
  readOnly: string | null;
  types: string[];
}

function fieldsOf({ FieldSelectors = [] }: AdvancedEventSelector): Selected {
  const equals = (field: string) => FieldSelectors.find(({ Field }) => Field === field)?.Equals;
  return {
    category: equals('eventCategory')?.[0],
    readOnly: equals('readOnly')?.[0] ?? null,
    types: equals('resources.type') ?? [],
  };
}

/** Services that a selector leaves out (KMS, say) do not make it `some`: STS cannot be left out alone. */
function managementEvents(
  basic: readonly EventSelector[],
  advanced: readonly Selected[],
): TrailState['managementEvents'] {
  const ofBasic = basic.filter(({ IncludeManagementEvents }) => IncludeManagementEvents !== false);
  const ofAdvanced = advanced.filter(({ category }) => category === 'Management');
  if (ofBasic.length + ofAdvanced.length === 0) return 'none';
  const isAll =
    ofBasic.some(({ ReadWriteType = 'All' }) => ReadWriteType === 'All') ||
    ofAdvanced.some(({ readOnly }) => readOnly === null) ||
    (ofAdvanced.some(({ readOnly }) => readOnly === 'true') &&
      ofAdvanced.some(({ readOnly }) => readOnly === 'false'));
  return isAll ? 'all' : 'some';
}
