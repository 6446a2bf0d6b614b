"""The place for reading Kostenträgerdateien (who pays, who receives); nothing is written here yet."""
