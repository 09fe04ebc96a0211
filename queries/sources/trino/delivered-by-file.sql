-- id: sources/trino/delivered-by-file
-- grain: one row per record of the log files, its fields as texts; a line that is no log file is a row without any
-- uses: log_files
select
  l.path as path,
  r.*
from log_files as l
left join unnest(l.records) as r(
  eventversion, useridentity, eventtime, eventsource, eventname, awsregion, sourceipaddress, useragent, errorcode,
  errormessage, requestparameters, responseelements, requestid, eventid, recipientaccountid, resources, sharedeventid, addendum, eventcategory,
  eventtype, apiversion, readonly, managementevent, additionaleventdata, serviceeventdetails, vpcendpointid, vpcendpointaccountid,
  sessioncredentialfromconsole, edgedevicedetails, tlsdetails
) on true
-- A line that is not JSON arrives as no list at all, and counts; an empty list is a file with nothing to tell.
where l.records is null or cardinality(l.records) > 0
