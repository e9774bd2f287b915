"""Stands in for `clickhouse client`: the same engine, from PyPI's chdb-core, which has neither client nor server.

Arguments as the client's; data in FOLDER of the environment. One process at a time has the folder.
"""

import fcntl
import os
import re
import sys
import tempfile

from chdb import session

options = dict(word[2:].split("=", 1) for word in sys.argv[2:] if "=" in word)
signed = (os.environ.get("CLICKHOUSE_USER"), os.environ.get("CLICKHOUSE_PASSWORD"))
if signed != ("app", "correct-horse"):
    sys.exit("Code: 516. DB::Exception: app: Authentication failed")
query = options.get("query")
if "queries-file" in options:
    with open(options["queries-file"], encoding="utf-8") as file:
        query = file.read()
folder = os.environ["FOLDER"]
with open(folder + ".lock", "w", encoding="utf-8") as lock:
    fcntl.flock(lock, fcntl.LOCK_EX)
    engine = session.Session(folder)
    try:
        for name in ("max_table_size_to_drop", "max_partition_size_to_drop", "check_table_dependencies"):
            engine.query(f"SET {name} = {options.get(name, 1)}")
        if "database" in options:
            engine.query(f"USE `{options['database']}`")
        insert = re.fullmatch(r"(INSERT INTO .*) FORMAT Native", query.strip(), re.DOTALL)
        if insert:
            with tempfile.NamedTemporaryFile(suffix=".native") as file:
                file.write(sys.stdin.buffer.read())
                file.flush()
                if os.path.getsize(file.name):
                    engine.query(f"{insert[1]} SELECT * FROM file('{file.name}', 'Native')")
        else:
            form = re.search(r"FORMAT (\w+)\s*$", query)
            sys.stdout.buffer.write(engine.query(query, form[1] if form else "TSV").bytes())
    except RuntimeError as error:
        sys.exit(str(error))
