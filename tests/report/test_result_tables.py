"""Pivoted tables: places, marks and labels."""

import pytest

from fieldlink.core.errors import InputError
from fieldlink.report import result_tables, table_results

HEADER = "table,row,column,metric,value,ci_low,ci_high,seeds,n\n"
PUBLISHED = (
    "table,row,column,metric,value,ci95\n"
    "4.4a,clip2nerf cosine,recall@1,recall_synthetic,87.02,1.0\n"
    "4.4a,clip2nerf cosine,recall@5,recall_synthetic,95.00,1.0\n"
    "4.4a,nerf2clip siglip,recall@1,recall_synthetic,76.95,1.0\n"
)
OURS = (
    HEADER + "captions,a new row,a column,share,1.0,0.5,1.5,1,10\n"
    "4.4a,softmax of ours,recall@1,recall_synthetic,71.04,60,80,3,208\n"
    "4.4a,clip2nerf cosine,recall@1,recall_synthetic,71.0,60,80,3,208\n"
    "4.4a,clip2nerf cosine,recall@20,recall_synthetic,99.0,98,100,3,208\n"
    "4.4a,nerf2clip siglip,recall@1,recall_synthetic,64.0,60,80,1,200\n"
)


@pytest.fixture
def both() -> list[result_tables.ReportTable]:
    return result_tables.pivot_tables(
        table_results.read_results(OURS, "ours.csv"), table_results.read_published(PUBLISHED, "published.csv"), {}
    )


def test_published_tables_come_first_and_ours_follow(both):
    assert [table.number for table in both] == ["4.4a", "captions"]
    assert [table.name for table in both] == ["Table 4.4a", "Table captions"]
    assert both[1].title == "Retrieval with a caption"
    assert both[1].rows[0].cells[0].published is None


def test_a_table_that_is_not_in_the_registry_is_an_error_that_names_it():
    results = table_results.read_results(HEADER + "9.9,a,b,share,1.0,0.5,1.5,1,10\n", "ours.csv")
    with pytest.raises(InputError, match=r"no table '9\.9', expected one of fieldlink/evaluation/tables"):
        result_tables.pivot_tables(results, [], {})


def test_a_template_of_the_users_own_has_a_table_that_says_so():
    text = HEADER + "4.1 sketch,nerf2clip gt views=N,cosine,zero_shot_accuracy,60,50,70,3,208\n"
    (table,) = result_tables.pivot_tables(
        table_results.read_results(text, "ours.csv"), table_results.read_published(PUBLISHED, "published.csv"), {}
    )
    assert (table.name, table.title) == ("Table 4.1 sketch", "Zero-shot classification, template “sketch”")


def test_published_rows_and_columns_come_first_and_own_rows_are_marked(both):
    table = both[0]
    assert [(column.label, not column.published) for column in table.columns] == [
        ("Hit@1", False),
        ("Hit@5", False),
        ("Hit@20", True),
    ]
    assert [(row.label, not row.published) for row in table.rows] == [
        ("clip2nerf cosine", False),
        ("nerf2clip SigLIP", False),
        ("softmax of ours", True),
    ]


def test_each_cell_holds_the_number_of_its_own_row_and_column(both):
    first, second, third = both[0].rows
    assert first.cells[0].ours.value == 71.0
    assert first.cells[0].published.value == 87.02
    assert first.cells[1].ours is None
    assert second.cells[0].published.low == pytest.approx(75.95)
    assert third.cells[0].published is None


def test_values_that_print_alike_share_the_mark_of_the_best(both):
    assert [row.cells[0].best for row in both[0].rows] == [True, False, True]
    assert [row.cells[0].best_published for row in both[0].rows] == [True, False, False]


def test_two_metrics_of_one_place_get_a_column_each():
    text = HEADER + "4.7,a,recall@1,micro,9,8,10,1,5\n4.7,a,recall@1,macro,7,6,8,1,5\n"
    (table,) = result_tables.pivot_tables(table_results.read_results(text, "ours.csv"), [], {})
    assert [column.label for column in table.columns] == ["Hit@1 (micro)", "Hit@1 (macro)"]


def test_seeds_and_queries_of_a_row_are_one_number_or_a_range(both):
    assert [(row.seeds, row.n) for row in both[0].rows] == [("3", "208"), ("1", "200"), ("3", "208")]


def test_a_number_that_cannot_be_read_is_named_with_its_file_and_line():
    with pytest.raises(InputError, match=r"bad.csv: line 2: ci_low is 'x', expected a number"):
        table_results.read_results(HEADER + "4.1,a,b,c,1,x,2,3,4\n", "bad.csv")
    with pytest.raises(InputError, match=r"bad.csv: line 2: columns \['metric'\] are missing"):
        table_results.read_results("table,row,column,value\n4.1,a,b,1\n", "bad.csv")


def test_the_spread_is_that_of_the_training_seeds_and_stands_only_where_there_are_several():
    text = HEADER + "4.4a,a,recall@1,r,9,8,10,3,5\n4.4a,b,recall@1,r,2,1,3,1,5\n"
    by_seed = (
        "table,row,column,metric,seed,value\n4.4a,a,recall@1,r,0,9.5\n4.4a,a,recall@1,r,1,8.5\n4.4a,b,recall@1,r,0,2\n"
    )
    (table,) = result_tables.pivot_tables(
        table_results.read_results(text, "ours.csv"), [], table_results.read_seed_ranges(by_seed, "by_seed.csv")
    )
    assert [row.cells[0].seed_range for row in table.rows] == [(8.5, 9.5), None]


def test_a_row_says_the_settings_of_its_cells_once():
    head = "table,row,column,metric,value,ci_low,ci_high,seeds,n,setting"
    text = f"{head}\n4.10a,big,a,m,1,0,2,3,9,batch 468\n4.10a,big,b,m,1,0,2,3,9,batch 468\n4.10a,small,a,m,1,0,2,3,9,\n"
    (table,) = result_tables.pivot_tables(table_results.read_results(text, "t.csv"), [], {})
    assert [row.setting for row in table.rows] == ["batch 468", ""]
