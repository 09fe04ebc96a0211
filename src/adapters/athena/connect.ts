// Connects to Athena by what a person said of it.
import { compact } from '../../compact.ts';
import { databaseOf, type Said, slashed } from '../warehouse/places.ts';
import type { StatementLimits } from '../warehouse/warehouse.ts';
import { Athena } from './athena.ts';

/** Takes the workgroup, database, output, location and region that were said, else their defaults; nothing is sent yet. */
export function connectAthena(said: Said, limits: StatementLimits): Promise<Athena> {
  const output = said('output');
  const region = said('athena_region');
  const location = said('location');
  return Athena.connect({
    workgroup: said('workgroup') ?? 'primary',
    database: databaseOf(said),
    location: location === undefined ? null : slashed(location),
    limits,
    ...compact({ output, region }),
  });
}
