"""The numbers and codes an invoice hangs on: who (IK, KVNR, LANR, BSNR), why (ICD-10, Diagnosegruppe), what."""
