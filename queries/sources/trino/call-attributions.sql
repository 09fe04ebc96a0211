-- id: sources/trino/call-attributions
-- grain: one row per call within the time range, where the calls stand ready whole
-- uses: calls
select c.*
from calls as c
