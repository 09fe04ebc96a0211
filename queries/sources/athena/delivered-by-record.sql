-- id: sources/athena/delivered-by-record
-- grain: one row per record of a table as AWS defines it, its fields as the texts that delivered-by-file has
-- uses: log_files
select
  l.path as path,
  l.eventversion as eventversion,
  json_format(cast(map(
    array['type', 'principalId', 'arn', 'accountId', 'accessKeyId', 'userName', 'invokedBy', 'identityProvider', 'sessionContext'],
    array[
      cast(l.useridentity.type as json),
      cast(l.useridentity.principalid as json),
      cast(l.useridentity.arn as json),
      cast(l.useridentity.accountid as json),
      cast(l.useridentity.accesskeyid as json),
      cast(l.useridentity.username as json),
      cast(l.useridentity.invokedby as json),
      cast(l.useridentity.identityprovider as json),
      cast(map(
        array['attributes', 'sessionIssuer', 'webIdFederationData', 'ec2RoleDelivery'],
        array[
          cast(map(array['creationDate'], array[l.useridentity.sessioncontext.attributes.creationdate]) as json),
          cast(map(array['arn'], array[l.useridentity.sessioncontext.sessionissuer.arn]) as json),
          cast(map(array['federatedProvider'], array[l.useridentity.sessioncontext.webidfederationdata.federatedprovider]) as json),
          cast(l.useridentity.sessioncontext.ec2roledelivery as json)
        ]
      ) as json)
    ]
  ) as json)) as useridentity,
  l.eventtime as eventtime,
  l.eventsource as eventsource,
  l.eventname as eventname,
  l.awsregion as awsregion,
  l.sourceipaddress as sourceipaddress,
  l.useragent as useragent,
  l.errorcode as errorcode,
  l.errormessage as errormessage,
  l.requestparameters as requestparameters,
  l.responseelements as responseelements,
  l.requestid as requestid,
  l.eventid as eventid,
  l.recipientaccountid as recipientaccountid,
  json_format(cast(transform(l.resources, r -> map(array['ARN'], array[r.arn])) as json)) as resources,
  l.sharedeventid as sharedeventid,
  case when l.addendum is not null then json_format(cast(map(array['reason'], array[l.addendum.reason]) as json)) end as addendum,
  l.eventcategory as eventcategory
from log_files as l
