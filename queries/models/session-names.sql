-- id: models/session-names
-- grain: one row per session name of a web identity session
-- uses: principals, issuances
select i.role_session_name as session_name
from issuances as i
where i.mechanism = 'irsa'
  and i.role_session_name is not null
union
select p.session_name as session_name
from principals as p
where p.federated_provider is not null
  and p.session_name is not null
