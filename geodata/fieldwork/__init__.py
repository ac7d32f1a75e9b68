"""Monday morning: what is asked of schools whose data are unknown or in doubt, and what comes back.

    asking.sheets(desk, view)                 what to ask, one sheet an area
    returned.read_file(name, data, ids)       a returned file as answers and faults
    comparing.compare(files, desk)            proposals, conflicts, what agrees
    accepted.write(...) / accepted.read(...)  the file that the next build applies

Answers become proposals; a person accepts or rejects each (`geodata.store.corrections`); the build applies those accepted.
"""
