-- id: questions/node-role-calls
-- question: What did node roles do that running a node does not explain?
-- grain: one row per node role, service, action, resource and error code
-- uses: calls
-- param: since time optional | Start of the time range (inclusive).
-- param: until time optional | End of the time range (exclusive).
-- param: limit integer default 1000 | Rows at most, the most calls first.
-- bind: limit
-- column: role_arn text | The node's role.
-- column: event_source text | The service that was called.
-- column: event_name text | The action.
-- column: resource text | The resource; empty where the record names none.
-- column: error_code text | Why the calls failed; empty where they succeeded.
-- column: calls integer | Calls; one that two accounts logged counts once.
-- column: instances integer | Instances that made them.
-- column: first_time time | The first call.
-- column: last_time time | The last call.
-- engines: duckdb, athena, trino
-- read: Left out is what AmazonEKSWorkerNodePolicy, AmazonEKS_CNI_Policy and the ECR pull policies grant, and what the SSM agent does by itself.
-- read: What remains is the node's own software, such as a log agent, or a pod that reaches the instance's metadata: give it a role of its own, and close the metadata to pods.
-- limit: What the node policies allow is podtrail's own copy: AWS adds to these policies now and then.
-- limit: A call on a bucket and its object, or a table and its index, has a row for the latter only.
-- limit: Nothing in CloudTrail names the pod behind a node's call; a pod that does what a node does looks like the node.
-- limit: A session counts as a node's if its name is an instance's id, so instances outside any cluster are here too.
-- ref: https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
-- ref: https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
-- example: --since 24h --limit 50
with granted as (
  select
    g.service as service,
    g.event_name as event_name
  from (
    values
      ('ec2', 'AssignIpv6Addresses'),
      ('ec2', 'AssignPrivateIpAddresses'),
      ('ec2', 'AttachNetworkInterface'),
      ('ec2', 'CreateNetworkInterface'),
      ('ec2', 'CreateTags'),
      ('ec2', 'DeleteNetworkInterface'),
      ('ec2', 'DescribeInstanceTypes'),
      ('ec2', 'DescribeInstances'),
      ('ec2', 'DescribeNetworkInterfaces'),
      ('ec2', 'DescribeRouteTables'),
      ('ec2', 'DescribeSecurityGroups'),
      ('ec2', 'DescribeSubnets'),
      ('ec2', 'DescribeTags'),
      ('ec2', 'DescribeVolumes'),
      ('ec2', 'DescribeVolumesModifications'),
      ('ec2', 'DescribeVpcs'),
      ('ec2', 'DetachNetworkInterface'),
      ('ec2', 'ModifyNetworkInterfaceAttribute'),
      ('ec2', 'UnassignIpv6Addresses'),
      ('ec2', 'UnassignPrivateIpAddresses'),
      ('ecr', 'BatchCheckLayerAvailability'),
      ('ecr', 'BatchGetImage'),
      ('ecr', 'BatchImportUpstreamImage'),
      ('ecr', 'GetAuthorizationToken'),
      ('ecr', 'GetDownloadUrlForLayer'),
      ('eks', 'DescribeCluster'),
      ('eks-auth', 'AssumeRoleForPodIdentity'),
      ('ssm', 'DescribeAssociation'),
      ('ssm', 'DescribeDocument'),
      ('ssm', 'GetDeployablePatchSnapshotForInstance'),
      ('ssm', 'GetDocument'),
      ('ssm', 'GetManifest'),
      ('ssm', 'ListAssociations'),
      ('ssm', 'ListInstanceAssociations'),
      ('ssm', 'PutComplianceItems'),
      ('ssm', 'PutConfigurePackageResult'),
      ('ssm', 'PutInventory'),
      ('ssm', 'UpdateAssociationStatus'),
      ('ssm', 'UpdateInstanceAssociationStatus'),
      ('ssm', 'UpdateInstanceInformation')
  ) as g(service, event_name)
),
made as (
  select
    c.session_issuer_arn as role_arn,
    c.session_name as instance_id,
    c.event_source as event_source,
    c.event_name as event_name,
    c.error_code as error_code,
    c.event_time as event_time,
    c.shared_event_id as shared_event_id,
    split(coalesce(c.resources, ''), chr(30)) as resources
  from calls as c
  where c.principal_class = 'node'
    and split_part(c.event_source, '.', 1) not in ('ec2messages', 'ssmmessages')
    and not exists (
      select 1
      from granted as g
      where g.service = split_part(c.event_source, '.', 1)
        and g.event_name = c.event_name
    )
)
select
  m.role_arn as role_arn,
  m.event_source as event_source,
  m.event_name as event_name,
  nullif(u.resource, '') as resource,
  m.error_code as error_code,
  count_if(m.shared_event_id is null) + count(distinct m.shared_event_id) as calls,
  count(distinct m.instance_id) as instances,
  min(m.event_time) as first_time,
  max(m.event_time) as last_time
from made as m
cross join unnest(m.resources) as u(resource)
-- A bucket beside its object, or a table beside its index, says nothing more.
where cardinality(filter(m.resources, x -> starts_with(x, u.resource || '/'))) = 0
group by
  m.role_arn,
  m.event_source,
  m.event_name,
  u.resource,
  m.error_code
order by
  count_if(m.shared_event_id is null) + count(distinct m.shared_event_id) desc,
  m.role_arn,
  m.event_source,
  m.event_name,
  u.resource,
  m.error_code
limit ?
