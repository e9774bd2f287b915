# Compiled by Formwork from ../../blueprints/vulnzero.yaml.
# Do not edit: change the blueprint, then run `formwork build`.
import os

with open(os.environ["ADMIN_PASSWORD_FILE"], encoding="utf-8") as secret:
    basic_auth = [os.environ["ADMIN_USER"] + ":" + secret.read().strip()]
