/** How the tables came to be. Append only: a migration that was published is never changed, and none removes what the version before it still reads. */
import type { SqlDialect } from './sql-dialect.ts';

export interface Migration {
  readonly name: string;
  statements(dialect: SqlDialect): readonly string[];
}

const NAME = 'project text not null, environment text not null, kind text not null, "key" text not null';
const SUBJECT = 'project text not null, environment text not null, subject text not null';

const FIRST: Migration = {
  name: 'records, events, leases and facts',
  statements: (dialect) => {
    const { clause, parts } = dialect.divided('sluice_ledger', 'subject_id, unit');
    return [
      'create table sluice_head (id integer primary key check (id = 1), seq bigint not null, commits bigint not null, places bigint not null)',
      'insert into sluice_head (id, seq, commits, places) values (1, 0, 0, 0)',
      'create table sluice_commits (number bigint primary key, seq bigint not null, records text not null)',
      `create table sluice_records (${NAME}, place bigint not null, revision bigint not null, due_at double precision, body text not null,
         primary key (project, environment, kind, "key"))`,
      'create index sluice_records_due on sluice_records (due_at, place) where due_at is not null',
      `create table sluice_events (seq bigint primary key, ${NAME}, type text not null, body text not null)`,
      'create index sluice_events_scope on sluice_events (project, environment, seq)',
      'create index sluice_events_record on sluice_events (project, environment, "key", seq)',
      `create table sluice_leases (name text primary key, holder text not null, until double precision not null,
         token bigint not null)`,
      'create table sluice_instances (instance text primary key, seq bigint not null)',
      `create table sluice_tallies (${SUBJECT}, body text not null, primary key (project, environment, subject))`,
      `create table sluice_subjects (id ${dialect.numbered}, ${SUBJECT}, replaced bigint not null, totals text not null,
         unique (project, environment, subject))`,
      `create table sluice_ledger (subject_id bigint not null references sluice_subjects (id) on delete cascade, unit text not null,
         body text not null, primary key (subject_id, unit)) ${clause}`,
      ...parts,
    ];
  },
};

const RECEIPTS: Migration = {
  name: 'receipts of requests',
  statements: () => [
    'create table sluice_receipts (request text primary key, fingerprint text not null, kept_at double precision not null)',
    'create index sluice_receipts_age on sluice_receipts (kept_at)',
    'alter table sluice_events add column request text',
    'create index sluice_events_request on sluice_events (request, seq) where request is not null',
  ],
};

const PASSING_TALLIES: Migration = {
  name: 'tallies that are of use for a while',
  statements: () => [
    'alter table sluice_tallies add column keep_until double precision',
    'create index sluice_tallies_passing on sluice_tallies (keep_until) where keep_until is not null',
  ],
};

const PASSING_INSTANCES: Migration = {
  name: 'instances that are remembered for a while',
  statements: () => [
    'alter table sluice_instances add column keep_until double precision',
    'create index sluice_instances_passing on sluice_instances (keep_until) where keep_until is not null',
  ],
};

export const MIGRATIONS: readonly Migration[] = [FIRST, RECEIPTS, PASSING_TALLIES, PASSING_INSTANCES];
