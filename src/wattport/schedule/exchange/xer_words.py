"""Words and columns of an XER file, for its reader and its writer alike."""

from __future__ import annotations

from wattport.equations.precedence import LinkKind
from wattport.schedule.plan import ActivityKind, ConstraintKind, LagCalendar, ResourceKind

KIND_OF = {
    "TT_Task": ActivityKind.TASK,
    "TT_Rsrc": ActivityKind.TASK,
    "TT_Mile": ActivityKind.START_MILESTONE,
    "TT_FinMile": ActivityKind.FINISH_MILESTONE,
    "TT_LOE": ActivityKind.HAMMOCK,
    "TT_WBS": ActivityKind.WBS_SUMMARY,
}
WORD_OF_KIND = {kind: word for word, kind in KIND_OF.items() if word != "TT_Rsrc"}

CONSTRAINT_OF = {
    "CS_MSOA": ConstraintKind.START_NO_EARLIER,
    "CS_MSOB": ConstraintKind.START_NO_LATER,
    "CS_MSO": ConstraintKind.START_ON,
    "CS_MEOA": ConstraintKind.FINISH_NO_EARLIER,
    "CS_MEOB": ConstraintKind.FINISH_NO_LATER,
    "CS_MEO": ConstraintKind.FINISH_ON,
    "CS_MANDSTART": ConstraintKind.MUST_START,
    "CS_MANDFIN": ConstraintKind.MUST_FINISH,
    "CS_ALAP": ConstraintKind.AS_LATE_AS_POSSIBLE,
}
WORD_OF_CONSTRAINT = {kind: word for word, kind in CONSTRAINT_OF.items()}

LINK_OF = {
    "PR_FS": LinkKind.FINISH_TO_START,
    "PR_SS": LinkKind.START_TO_START,
    "PR_FF": LinkKind.FINISH_TO_FINISH,
    "PR_SF": LinkKind.START_TO_FINISH,
}
WORD_OF_LINK = {kind: word for word, kind in LINK_OF.items()}

LAG_OF = {
    "rcal_Predecessor": LagCalendar.PREDECESSOR,
    "rcal_Successor": LagCalendar.SUCCESSOR,
    "rcal_24Hour": LagCalendar.ELAPSED,
    "rcal_ProjDefault": LagCalendar.PROJECT,
}
WORD_OF_LAG = {calendar: word for word, calendar in LAG_OF.items()}

RESOURCE_OF = {
    "RT_Labor": ResourceKind.LABOUR,
    "RT_Equip": ResourceKind.EQUIPMENT,
    "RT_Mat": ResourceKind.MATERIAL,
}
WORD_OF_RESOURCE = {kind: word for word, kind in RESOURCE_OF.items()}

NO_CURRENCY = "XXX"  # of ISO 4217: tools stumble over a file without a currency

# Columns the plan carries. All others that hold something are listed when a file is read.
READ = {
    "PROJECT": "proj_id proj_short_name clndr_id plan_start_date plan_end_date last_recalc_date "
    "export_flag",
    "CALENDAR": "clndr_id clndr_name base_clndr_id day_hr_cnt clndr_data",
    "SCHEDOPTIONS": "proj_id sched_retained_logic sched_progress_override "
    "sched_calendar_on_relationship_lag",
    "PROJWBS": "wbs_id proj_id wbs_short_name wbs_name parent_wbs_id proj_node_flag",
    "TASK": "task_id proj_id wbs_id clndr_id phys_complete_pct task_type task_code task_name "
    "remain_drtn_hr_cnt target_drtn_hr_cnt cstr_date cstr_type cstr_date2 cstr_type2 "
    "act_start_date act_end_date target_start_date target_end_date status_code",
    "TASKPRED": "task_id pred_task_id proj_id pred_proj_id pred_type lag_hr_cnt",
    "RSRC": "rsrc_id rsrc_short_name rsrc_name rsrc_type clndr_id",
    "RSRCRATE": "rsrc_id start_date max_qty_per_hr cost_per_qty",
    "TASKRSRC": "task_id proj_id rsrc_id remain_qty act_reg_qty target_qty target_qty_per_hr "
    "cost_per_qty",
    "PROJCOST": "proj_id task_id act_cost remain_cost",
}
# Columns that follow from those above, or are the database's own book-keeping.
FOLLOWS = {
    "PROJECT": "scd_end_date add_date last_tasksum_date fcst_start_date guid add_by_name "
    "last_checksum last_fin_dates_id last_baseline_update_date trsrcsum_loaded loaded_scope_level "
    "sum_refresh_date task_code_base task_code_step task_code_prefix task_code_prefix_flag "
    "priority_num strgy_priority_num wbs_max_sum_level fy_start_month_num rsrc_self_add_flag "
    "allow_complete_flag rsrc_multi_assign_flag project_flag name_sep_char batch_sum_flag "
    "sum_base_proj_id def_complete_pct_type def_duration_type def_qty_type def_rate_type "
    "def_task_type act_this_per_link_flag act_pct_link_flag critical_path_type "
    "critical_drtn_hr_cnt def_rollup_dates_flag use_project_baseline_flag rem_target_link_flag "
    "sum_assign_level cost_qty_recalc_flag",
    "CALENDAR": "default_flag proj_id last_chng_date clndr_type week_hr_cnt month_hr_cnt "
    "year_hr_cnt rsrc_private",
    "SCHEDOPTIONS": "schedoptions_id sched_outer_depend_type sched_setplantoforecast "
    "sched_float_type sched_use_project_end_date_for_float enable_multiple_longest_path_calc "
    "limit_multiple_longest_path_calc max_multiple_longest_path LevelPriorityList "
    "use_total_float_multiple_longest_paths key_activity_for_multiple_longest_paths "
    "level_float_thrs_cnt level_outer_assign_flag level_outer_assign_priority "
    "level_over_alloc_pct level_within_float_flag level_keep_sched_date_flag level_all_rsrc_flag "
    "sched_use_expect_end_flag sched_lag_early_start_flag",
    "PROJWBS": "obs_id seq_num sum_data_flag status_code guid tmpl_guid ev_compute_type "
    "ev_etc_compute_type ev_user_pct ev_etc_user_value plan_open_state",
    "TASK": "rev_fdbk_flag est_wt lock_plan_flag auto_compute_act_flag total_float_hr_cnt "
    "free_float_hr_cnt late_start_date late_end_date early_start_date early_end_date "
    "restart_date reend_date rem_late_start_date rem_late_end_date guid tmpl_guid create_date "
    "update_date create_user update_user driving_path_flag float_path float_path_order "
    "act_work_qty remain_work_qty target_work_qty act_equip_qty remain_equip_qty "
    "target_equip_qty act_this_per_work_qty act_this_per_equip_qty",
    "TASKPRED": "task_pred_id aref arls float_path",
    "RSRC": "rsrc_seq_num guid active_flag auto_compute_act_flag def_cost_qty_link_flag "
    "ot_flag curr_id unit_id def_qty_per_hr cost_qty_type timesheet_flag xfer_complete_day_cnt "
    "xfer_notstart_day_cnt last_checksum",
    "RSRCRATE": "rsrc_rate_id shift_period_id",
    "TASKRSRC": "taskrsrc_id act_start_date act_end_date restart_date reend_date "
    "target_start_date target_end_date rem_late_start_date rem_late_end_date remain_qty_per_hr "
    "cost_qty_link_flag rollup_dates_flag guid create_date create_user has_rsrchours "
    "relag_drtn_hr_cnt taskrsrc_sum_id rsrc_type cost_per_qty_source_type target_cost remain_cost "
    "act_reg_cost",
    "PROJCOST": "cost_item_id cost_name target_cost target_qty cost_per_qty auto_compute_act_flag "
    "cost_load_type seq_num",
}
# What a column that says nothing holds.
USUAL = {
    "TASK.complete_pct_type": "CP_Drtn",
    "TASK.duration_type": "DT_FixedDrtn",
    "TASK.priority_type": "PT_Normal",
    "SCHEDOPTIONS.sched_open_critical_flag": "N",
}
# Tables without meaning for a schedule.
IGNORED = frozenset({"CURRTYPE", "OBS", "FINDATES"})
