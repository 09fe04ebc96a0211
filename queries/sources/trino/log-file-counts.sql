-- id: sources/trino/log-file-counts
-- grain: one row: the sums of what was read; read = kept + outside + duplicate + rejected
-- uses: log_file_records
-- column: files integer | Log files that held a record, or a line that is no log file.
-- column: read integer | Records, and lines that are no log file.
-- column: kept integer | Distinct records that the range needs.
-- column: outside integer | Distinct records of times that the range has no need of.
-- column: duplicate integer | Copies and older statements of kept records.
-- column: rejected integer | Records without a time, name or source, or of another major version than 1, and lines that are no log file.
-- column: rejected_path text | One file that holds such a record, to look at.
select
  count(distinct r.path) as files,
  count(*) as read,
  count_if(r.outcome = 'kept') as kept,
  count_if(r.outcome = 'outside') as outside,
  count_if(r.outcome = 'duplicate') as duplicate,
  count_if(r.outcome = 'rejected') as rejected,
  min(case when r.outcome = 'rejected' then r.path end) as rejected_path
from log_file_records as r
