-- Makes DuckDB understand the words of Athena and Trino that the queries use. Bodies reach the original as system.main.
set TimeZone = 'UTC';
set integer_division = true;
set default_null_order = 'NULLS_LAST';
set lambda_syntax = 'ENABLE_SINGLE_ARROW';
create temp macro regexp_like(s, p) as regexp_matches(s, p);
create temp macro regexp_extract(s, p, g) as case when regexp_matches(s, p) then system.main.regexp_extract(s, p, g) end;
create temp macro regexp_replace(s, p, r) as system.main.regexp_replace(s, p, system.main.regexp_replace(r, '\$([0-9])', '\\\1', 'g'), 'g');
create temp macro date_diff(u, a, b) as date_sub(u, a, b);
create temp macro split_part(s, d, i) as string_split(s, d)[i];
create temp macro cardinality(a) as len(a);
create temp macro array_join(a, s) as array_to_string(a, s);
create temp macro slice(a, s, n) as a[s:s + n - 1];
create temp macro sequence(a, b) as generate_series(a, b, case when a <= b then 1 else -1 end);
create temp macro element_at(a, i) as a[i];
create temp macro json_format(j) as cast(j as varchar);
