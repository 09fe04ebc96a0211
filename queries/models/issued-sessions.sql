-- id: models/issued-sessions
-- grain: one row per issued session: of the two accounts' copies of one assumption, the caller's
-- uses: issuances
select i.*
from issuances as i
where i.is_issued
  and not (
    coalesce(i.caller_type, '') = 'AWSAccount'
    and exists (
      select 1
      from issuances as caller_side
      where caller_side.caller_type <> 'AWSAccount'
        and caller_side.shared_event_id = i.shared_event_id
    )
  )
