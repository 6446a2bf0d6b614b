"""The numbers everything hangs on: Institutionskennzeichen (IK) and Krankenversichertennummer (KVNR)."""
