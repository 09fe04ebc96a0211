// The settings as tables that every engine gives the models: their columns, all of them texts, and their rows.
import type { Settings } from './settings-file.ts';

export const SETTING_TABLES = {
  clusters: ['issuer', 'cluster_id', 'cluster'],
  snapshot_roles: [
    'evidence',
    'role_arn',
    'provider',
    'cluster_id',
    'cluster',
    'namespace',
    'service_account',
  ],
  session_name_patterns: [
    'namespace_pattern',
    'service_account_pattern',
    'pod_pattern',
    'except_pattern',
    'reason',
  ],
} as const;

export interface SettingTable {
  name: keyof typeof SETTING_TABLES;
  columns: readonly string[];
  /** By column. */
  rows: readonly Readonly<Record<string, string | null>>[];
}

/** Each table with what these settings have for it; a settings file that says nothing leaves only podtrail's own patterns. */
export function settingTables(settings: Settings): SettingTable[] {
  const rows: Record<SettingTable['name'], readonly object[]> = {
    clusters: settings.clusters,
    snapshot_roles: settings.snapshotRoles ?? [],
    session_name_patterns: settings.sessionNamePatterns,
  };
  return (Object.keys(SETTING_TABLES) as SettingTable['name'][]).map((name) => ({
    name,
    columns: SETTING_TABLES[name],
    rows: rows[name] as SettingTable['rows'],
  }));
}
