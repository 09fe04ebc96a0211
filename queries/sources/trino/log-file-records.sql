-- id: sources/trino/log-file-records
-- grain: one row per record of delivered log files, flat, with its caller, what it assumed and touched, and its outcome (kept, outside, duplicate, rejected); no secrets
-- uses: delivered, resource_rules, times_to_read
with identified as (
  select
    d.*,
    coalesce(nullif(d.eventid, ''), to_hex(sha256(to_utf8(cast(json_format(cast(row(
      d.useridentity, d.eventtime, d.eventsource, d.eventname, d.awsregion, d.sourceipaddress, d.useragent, d.errorcode,
      d.errormessage, d.requestparameters, d.responseelements, d.requestid, d.recipientaccountid, d.resources
    ) as json)) as varchar))))) as identity,
    case when regexp_like(d.eventtime, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})$') then d.eventtime end as iso_time
  from delivered as d
),
timed as (
  select
    i.*,
    try(cast(from_iso8601_timestamp(i.iso_time) at time zone 'UTC' as timestamp(3))) as event_time
  from identified as i
),
checked as (
  select
    t.*,
    not coalesce(t.event_time between timestamp '1000-01-01 00:00:00' and timestamp '9999-12-31 23:59:59.999', false)
      or nullif(t.eventname, '') is null
      or nullif(t.eventsource, '') is null
      or not regexp_like(coalesce(nullif(t.eventversion, ''), '1.0'), '^1[.][0-9]+$') as is_rejected
  from timed as t
),
placed_records as (
  select
    c.*,
    row_number() over (
      partition by c.identity, nullif(c.recipientaccountid, ''), nullif(c.awsregion, '')
      order by
        -- A copy that cannot be used stands in nobody's way.
        c.is_rejected,
        c.addendum is not null desc,
        case when c.addendum is not null then regexp_extract(c.path, '_([0-9]{8}T[0-9]{4}Z)_[^/]*$', 1) end desc,
        regexp_extract(c.path, '_([0-9]{8}T[0-9]{4}Z)_[^/]*$', 1),
        c.eventtime desc,
        c.errorcode,
        c.useridentity,
        c.requestparameters,
        c.path
    ) as place
  from checked as c
),
judged as (
  select
    p.*,
    case
      when p.is_rejected then 'rejected'
      when p.place > 1 then 'duplicate'
      when p.event_time < n.since or p.event_time >= n.until then 'outside'
      else 'kept'
    end as outcome
  from placed_records as p
  cross join times_to_read as n
),
-- Of what is not kept nothing but the outcome goes on: folders hold days, of which a question may need an hour.
kept_records as (
  select
    j.path as path,
    j.outcome as outcome,
    j.identity as identity,
    j.event_time as event_time,
    nullif(j.recipientaccountid, '') as recipientaccountid,
    nullif(j.awsregion, '') as awsregion,
    case when j.outcome = 'kept' then nullif(j.eventid, '') end as eventid,
    case when j.outcome = 'kept' then j.eventsource end as eventsource,
    case when j.outcome = 'kept' then j.eventname end as eventname,
    case when j.outcome = 'kept' then j.errorcode end as errorcode,
    case when j.outcome = 'kept' then j.errormessage end as errormessage,
    case when j.outcome = 'kept' then j.sourceipaddress end as sourceipaddress,
    case when j.outcome = 'kept' then j.useragent end as useragent,
    case when j.outcome = 'kept' then j.sharedeventid end as sharedeventid,
    case when j.outcome = 'kept' then j.eventcategory end as eventcategory,
    case when j.outcome = 'kept' then j.addendum end as addendum,
    case when j.outcome = 'kept' then j.useridentity end as useridentity,
    case when j.outcome = 'kept' then j.requestparameters end as requestparameters,
    case when j.outcome = 'kept' then j.responseelements end as responseelements,
    case when j.outcome = 'kept' then j.requestid end as requestid,
    case when j.outcome = 'kept' then j.resources end as resources
  from judged as j
),
rules as (
  select
    u.event_source as event_source,
    cast(array_agg(row(u.parameter, u.form, u.service, u.before, u.own_kind, u.owner_parameter, u.event_names) order by u.place) as array(
      row(parameter varchar, form varchar, service varchar, before varchar, own_kind varchar, owner_parameter varchar, event_names varchar)
    )) as rules
  from resource_rules as u
  group by u.event_source
),
parsed as (
  select
    bitwise_and(
      from_big_endian_64(xxhash64(to_utf8(d.identity || ' ' || coalesce(d.recipientaccountid, '-') || ' ' || coalesce(d.awsregion, '-')))),
      9223372036854775807
    ) as record_key,
    d.event_time as event_time,
    d.path as path,
    d.outcome as outcome,
    d.eventid as event_id,
    d.recipientaccountid as recipient_account_id,
    d.awsregion as aws_region,
    d.eventsource as event_source,
    d.eventname as event_name,
    nullif(d.errorcode, '') as error_code,
    regexp_replace(
      regexp_replace(
        regexp_replace(
          nullif(d.errormessage, ''),
          '(?i)((?:^|[^a-z])(?:authorization|x-amz-security-token|x-amz-signature|(?:session|security|access)_?token|(?:web_?)?identity_?token|client_?token|secret_?access_?key|password)(?:\\?["''])?[ \t]*(?:[:=>]|%3D)[ \t]*\[?(?:\\?["''])?)(?:(?:bearer|basic|token|negotiate|aws4-hmac-sha256)[ \t]+)?[^ \t\r\n"''\\,&<]{8,}',
          '$1[secret]'
        ),
        '(?i)(Value '')[^'']{8,}('' at ''[^'']*(?:token|password|secret_?string)'')',
        '$1[secret]$2'
      ),
      '(?i:bearer)[ \t]+[A-Za-z0-9._~+/=-]{16,}|Signature=[A-Za-z0-9%+/]{16,}|eyJ[A-Za-z0-9_-]{10,}(?:[.][A-Za-z0-9_-]*){0,2}',
      '[secret]'
    ) as error_message,
    nullif(d.sourceipaddress, '') as source_ip_address,
    nullif(d.useragent, '') as user_agent,
    nullif(d.sharedeventid, '') as shared_event_id,
    nullif(nullif(d.eventcategory, ''), 'Management') as event_category,
    case when d.addendum is not null then coalesce(json_extract_scalar(d.addendum, '$.reason'), 'unstated') end as addendum_reason,
    json_extract_scalar(d.useridentity, '$.type') as identity_type,
    nullif(json_extract_scalar(d.useridentity, '$.principalId'), '') as principal_id,
    nullif(json_extract_scalar(d.useridentity, '$.arn'), '') as arn,
    nullif(json_extract_scalar(d.useridentity, '$.accountId'), '') as account_id,
    nullif(json_extract_scalar(d.useridentity, '$.accessKeyId'), '') as access_key_id,
    nullif(json_extract_scalar(d.useridentity, '$.userName'), '') as user_name,
    nullif(json_extract_scalar(d.useridentity, '$.invokedBy'), '') as invoked_by,
    nullif(json_extract_scalar(d.useridentity, '$.identityProvider'), '') as identity_provider,
    nullif(json_extract_scalar(d.useridentity, '$.sessionContext.sessionIssuer.arn'), '') as session_issuer_arn,
    try(cast(from_iso8601_timestamp(nullif(json_extract_scalar(d.useridentity, '$.sessionContext.attributes.creationDate'), '')) at time zone 'UTC' as timestamp(3))) as created_at,
    nullif(json_extract_scalar(d.useridentity, '$.sessionContext.webIdFederationData.federatedProvider'), '') as federated_provider,
    nullif(json_extract_scalar(d.useridentity, '$.sessionContext.ec2RoleDelivery'), '') as ec2_role_delivery,
    (d.eventsource = 'sts.amazonaws.com' and d.eventname like 'AssumeRole%')
      or (d.eventsource = 's3express.amazonaws.com' and d.eventname = 'CreateSession' and nullif(d.errorcode, '') is null) as is_assumption,
    nullif(json_extract_scalar(d.requestparameters, '$.roleArn'), '') as role_arn,
    nullif(json_extract_scalar(d.requestparameters, '$.roleSessionName'), '') as role_session_name,
    nullif(json_extract_scalar(d.responseelements, '$.credentials.accessKeyId'), '') as issued_key_id,
    json_extract_scalar(d.responseelements, '$.credentials.expiration') as expiration,
    nullif(json_extract_scalar(d.responseelements, '$.assumedRoleUser.assumedRoleId'), '') as assumed_role_id,
    nullif(json_extract_scalar(d.responseelements, '$.subjectFromWebIdentityToken'), '') as token_subject,
    nullif(json_extract_scalar(d.responseelements, '$.provider'), '') as provider,
    nullif(json_extract_scalar(d.responseelements, '$.audience'), '') as audience,
    nullif(d.requestid, '') as request_id,
    -- Other services' tags are of other forms, and a key may stand twice: the last one counts.
    case
      when d.eventsource = 'sts.amazonaws.com' then map_concat(
        coalesce(try_cast(json_extract(d.requestparameters, '$.principalTags') as map(varchar, varchar)), map()),
        coalesce(try_cast(json_extract(d.requestparameters, '$.incomingTransitiveTags') as map(varchar, varchar)), map()),
        coalesce(
          transform_values(
            multimap_from_entries(transform(
              filter(
                try_cast(json_extract(d.requestparameters, '$.tags') as array(map(varchar, varchar))),
                tag -> nullif(element_at(tag, 'key'), '') is not null and nullif(element_at(tag, 'value'), '') is not null
              ),
              tag -> row(element_at(tag, 'key'), element_at(tag, 'value'))
            )),
            (tag_key, tag_values) -> element_at(tag_values, -1)
          ),
          map()
        )
      )
    end as tags,
    coalesce(transform(
      try_cast(try(json_parse(d.resources)) as array(map(varchar, json))),
      entry -> json_extract_scalar(coalesce(element_at(entry, 'ARN'), element_at(entry, 'arn')), '$')
    ), array[]) as listed,
    try_cast(try(json_parse(d.requestparameters)) as map(varchar, json)) as parameters
  from kept_records as d
),
placed as (
  select
    p.*,
    case
      when p.aws_region like 'cn-%' then 'arn:aws-cn:'
      when p.aws_region like 'us-gov-%' then 'arn:aws-us-gov:'
      when p.aws_region like 'eusc-%' then 'arn:aws-eusc:'
      when p.aws_region like 'us-iso-%' then 'arn:aws-iso:'
      when p.aws_region like 'us-isob-%' then 'arn:aws-iso-b:'
      when p.aws_region like 'eu-isoe-%' then 'arn:aws-iso-e:'
      when p.aws_region like 'us-isof-%' then 'arn:aws-iso-f:'
      else 'arn:aws:'
    end as partition_prefix,
    -- A value that is no text names nothing.
    case
      when p.event_name <> 'DeleteObjects' and json_format(element_at(p.parameters, 'key')) like '"%'
        then nullif(json_extract_scalar(element_at(p.parameters, 'key'), '$'), '')
    end as object_key,
    coalesce(u.rules, array[]) as rules
  from parsed as p
  left join rules as u on u.event_source = p.event_source
),
named as (
  select
    p.*,
    transform(
      filter(p.rules, rule -> element_at(p.parameters, rule.parameter) is not null
        and (rule.event_names is null or contains(split(rule.event_names, ' '), p.event_name))),
      rule -> row(
        rule.form,
        p.partition_prefix || rule.service || ':' || case when rule.service = 'iam' then '' else nullif(p.aws_region, '') end || ':',
        coalesce(
          regexp_extract(json_extract_scalar(element_at(p.parameters, rule.owner_parameter), '$'), '^[0-9]{12}$'),
          p.recipient_account_id,
          p.account_id
        ),
        rule.before,
        rule.own_kind,
        case
          when rule.form = 'table-items' then coalesce(
            transform(
              try_cast(element_at(p.parameters, rule.parameter) as array(json)),
              item -> coalesce(
                json_extract_scalar(item, '$'),
                json_extract_scalar(item, '$.tableName'),
                json_extract_scalar(item, '$.get.tableName'),
                json_extract_scalar(item, '$.put.tableName'),
                json_extract_scalar(item, '$.update.tableName'),
                json_extract_scalar(item, '$.delete.tableName'),
                json_extract_scalar(item, '$.conditionCheck.tableName')
              )
            ),
            map_keys(try_cast(element_at(p.parameters, rule.parameter) as map(varchar, json)))
          )
          else transform(
            coalesce(try_cast(element_at(p.parameters, rule.parameter) as array(json)), array[element_at(p.parameters, rule.parameter)]),
            item -> case when json_format(item) like '"%' then json_extract_scalar(item, '$') end
          )
        end
      )
    ) as candidates
  from placed as p
),
typed as (
  select
    n.*,
    cast(n.candidates as array(
      row(form varchar, home varchar, account varchar, before varchar, own_kind varchar, names array(varchar))
    )) as typed_candidates
  from named as n
),
touched as (
  select
    t.*,
    flatten(transform(t.typed_candidates, c -> flatten(transform(
      filter(coalesce(c.names, array[]), name -> name <> ''),
      name -> case
        when c.form = 'bucket' then array[
          case when name like 'arn:%' then name else t.partition_prefix || 's3:::' || name end,
          case when name like 'arn:%' then name || '/object/' else t.partition_prefix || 's3:::' || name || '/' end || t.object_key
        ]
        when c.form = 'copy-source' then flatten(transform(
          transform(
            array[coalesce(regexp_extract(name, '(?s)^(.*)[?]versionId=', 1), name)],
            path -> coalesce(try(url_decode(replace(path, '+', '%2B'))), path)
          ),
          path -> case
            when path like 'arn:%/object/%' then array[regexp_extract(path, '(?s)^(.*?)/object/', 1), path]
            else array[path]
          end
        ))
        when name like 'arn:%' then array[name]
        when c.form = 'name' and c.own_kind is not null and starts_with(name, c.own_kind) then array[c.home || c.account || ':' || name]
        when c.form in ('name', 'table-items') then array[c.home || c.account || ':' || c.before || name]
        when c.form = 'parameter-name' then array[
          c.home || c.account || ':' || c.before || regexp_replace(split_part(name, ':', 1), '^/?', '/')
        ]
        when c.form = 'function-name' then array[
          coalesce(t.partition_prefix || 'lambda:' || regexp_extract(name, '(?s)^([a-z][a-z0-9-]+):[0-9]{12}:.', 1) || ':', c.home)
            || coalesce(regexp_extract(name, '(?s)^(?:[a-z][a-z0-9-]+:)?([0-9]{12}):.', 1), c.account) || ':'
            || c.before || regexp_extract(name, '(?s)^(?:(?:[a-z][a-z0-9-]+:)?[0-9]{12}:)?(?:function:)?(.+)$', 1)
        ]
        when c.form = 'queue-url' and not regexp_like(regexp_replace(name, '(?s)/?([?].*)?$', ''), '/') then array[
          c.home || c.account || ':' || regexp_replace(name, '(?s)/?([?].*)?$', '')
        ]
        when c.form = 'queue-url' and regexp_like(regexp_replace(name, '(?s)/?([?].*)?$', ''), '(^|/)[0-9]{12}/[^/]+$') then array[
          t.partition_prefix || 'sqs:' || coalesce(
            element_at(filter(
              split(regexp_extract(name, '^(?:[a-z]+://)?([^/]*)', 1), '.'),
              label -> regexp_like(label, '^[^-]+-[^-]*-.*[0-9]$') and not starts_with(label, 'vpce-')
            ), 1),
            t.aws_region
          ) || ':' || regexp_replace(regexp_extract(regexp_replace(name, '(?s)/?([?].*)?$', ''), '(?:^|/)([0-9]{12}/[^/]+)$', 1), '/', ':')
        ]
        else array[]
      end
    )))) as from_request
  from typed as t
)
select
  t.path as path,
  t.outcome as outcome,
  t.record_key as record_key,
  t.event_time as event_time,
  t.event_id as event_id,
  t.recipient_account_id as recipient_account_id,
  t.aws_region as aws_region,
  t.event_source as event_source,
  t.event_name as event_name,
  t.error_code as error_code,
  t.error_message as error_message,
  t.source_ip_address as source_ip_address,
  t.user_agent as user_agent,
  t.shared_event_id as shared_event_id,
  t.addendum_reason as addendum_reason,
  t.event_category as event_category,
  nullif(array_join(slice(array_distinct(transform(filter(
    t.listed || flatten(transform(t.from_request, arn -> case
      when arn like 'arn:%' or arn is null then array[arn]
      when regexp_like(arn, '^/?[^/]+/.') then array[
        t.partition_prefix || 's3:::' || regexp_extract(arn, '^/?([^/]+)/', 1),
        t.partition_prefix || 's3:::' || regexp_replace(arn, '^/', '')
      ]
      else array[]
    end)),
    arn -> arn like 'arn:%' and length(arn) <= 2048
  ), arn -> regexp_replace(arn, '(?is)(?:[?&]|%3F|%26)(?:x-amz-[a-z-]+|awsaccesskeyid|signature)(?:=|%3D).*$', ''))), 1, 100), chr(30)), '') as resources,
  bitwise_and(from_big_endian_64(xxhash64(to_utf8(array_join(array[
    t.identity_type, t.principal_id, t.arn, t.account_id, t.access_key_id, t.user_name, t.invoked_by, t.identity_provider,
    t.session_issuer_arn, cast(t.created_at as varchar), t.federated_provider, t.ec2_role_delivery
  ], chr(31), chr(1))))), 9223372036854775807) as principal_key,
  t.identity_type as identity_type,
  t.principal_id as principal_id,
  t.arn as arn,
  t.account_id as account_id,
  t.access_key_id as access_key_id,
  t.user_name as user_name,
  t.invoked_by as invoked_by,
  t.identity_provider as identity_provider,
  t.session_issuer_arn as session_issuer_arn,
  t.created_at as created_at,
  t.federated_provider as federated_provider,
  t.ec2_role_delivery as ec2_role_delivery,
  case
    when t.identity_type = 'AssumedRole'
      then coalesce(regexp_extract(t.principal_id, '^[^:]+:(.+)$', 1), regexp_extract(t.arn, ':assumed-role/[^/]+/(.+)$', 1))
  end as session_name,
  t.is_assumption as is_assumption,
  t.role_arn as role_arn,
  t.role_session_name as role_session_name,
  t.issued_key_id as issued_key_id,
  element_at(filter(
    array[
      cast(try(date_parse(regexp_replace(replace(t.expiration, chr(8239), ' '), '([0-9]{4}) ', '$1, '), '%b %e, %Y, %l:%i:%s %p')) as timestamp(3)),
      case when regexp_like(t.expiration, '^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]+)?(Z|[+-][0-9]{2}:?[0-9]{2})$') then try(cast(from_iso8601_timestamp(t.expiration) at time zone 'UTC' as timestamp(3))) end
    ],
    expires -> expires between timestamp '1000-01-01 00:00:00' and timestamp '9999-12-31 23:59:59.999'
  ), 1) as expires_at,
  t.assumed_role_id as assumed_role_id,
  t.token_subject as token_subject,
  t.provider as provider,
  t.audience as audience,
  t.request_id as request_id,
  element_at(t.tags, 'eks-cluster-arn') as tag_cluster_arn,
  element_at(t.tags, 'eks-cluster-name') as tag_cluster_name,
  element_at(t.tags, 'kubernetes-namespace') as tag_namespace,
  element_at(t.tags, 'kubernetes-service-account') as tag_service_account,
  element_at(t.tags, 'kubernetes-pod-name') as tag_pod_name,
  element_at(t.tags, 'kubernetes-pod-uid') as tag_pod_uid
from touched as t
