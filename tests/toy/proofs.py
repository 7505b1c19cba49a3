"""Words that a real marketplace uses, each with a test that goes red without it: test -> words.

A name in brackets is one of the cases of the test, by the text that names it.
"""

_SABOTAGE = "sabotage/test_sabotage.py::test_a_flipped_fact_is_found_out"
_EBAY = "ebay/test_sabotage.py::test_a_flipped_fact_is_found_out"
_LIMITS = "engine/test_limits.py"
_HOSTILE = "hostile/test_converge.py"
_DIFF = "engine/test_diff.py"
_LASTING = "engine/test_lasting.py"
_FORECAST = "engine/test_forecast.py"
_PACKING = "engine/test_packing.py"
_WHOSE = "runtime/test_whose_limit.py"
_PICTURES = "known/test_pictures.py::test_a_picture_that_is_not_taken_is_found_by_validate"

PROOFS: dict[str, str] = {
    # facts of a marketplace as a whole
    "resync/test_resync.py::test_images_go_only_where_the_marketplace_gets_them_always": "spec.images_always_resent",
    "reliability/test_settling.py::test_what_never_comes_is_planned_again_after_three_hours": "spec.settling_hours",
    f"{_FORECAST}::test_images_of_the_marketplace_are_there": "spec.image_hosts",
    _PICTURES: "spec.images.formats=jpeg spec.images.formats=png spec.images.formats=webp spec.images.max_bytes "
    "spec.images.min_side spec.images.max_pixels",
    f"{_LIMITS}::test_a_price_is_in_the_currency_and_precision_of_its_site": "spec.marketplaces.currency "
    "field.limits.currency=base field.limits.currency=market",
    f"{_SABOTAGE}[crowns have digits]": "spec.marketplaces.decimals",
    "engine/test_guard.py::test_a_price_moves_within_its_limits": "spec.base_market",
    # budgets
    f"{_FORECAST}::test_the_slowest_limit_is_the_time_of_all": "spec.budgets.per_minute operation.budgets",
    f"{_WHOSE}::test_a_limit_of_the_client_is_shared_by_its_users": "spec.budgets.scope=client "
    "spec.budgets.scope=user",
    f"{_WHOSE}::test_what_counts_are_requests_or_the_offers_that_they_change": "spec.budgets.counts=requests "
    "spec.budgets.counts=offers",
    f"{_FORECAST}::test_an_hour_s_limit_holds_after_it_is_used_up": "spec.budgets.per_hour",
    # kinds
    f"{_DIFF}::test_adoption_never_overwrites_the_key_of_another_system": "kind.identity=external_id",
    "engine/test_match.py::test_a_bundle_is_known_by_its_members_and_remembered_by_its_id": "kind.identity=members",
    f"{_HOSTILE}::test_every_field_of_every_named_object": "kind.identity=name kind.views.items "
    "field.type=list field.type=rates field.type=slots field.type=discount",
    "engine/test_moved.py::test_a_named_object_is_renamed_by_its_edit": "kind.rename",
    "toggles/test_every_kind.py::test_removed_as_the_toggle_says": "kind.deletable=all",
    f"{_DIFF}::test_a_frozen_field_is_said_and_not_tried": "kind.listing_hours field.frozen=after_listing "
    "field.frozen=while_automated",
    f"{_LASTING}::test_a_new_offer_names_what_is_fixed_later": "kind.deletable=drafts",
    f"{_LASTING}::test_an_end_can_be_taken_back_for_a_while": "kind.archived_days",
    "ownership/test_stock.py::test_long_after_the_last_look_every_sale_is_possible": "kind.sold_days",
    "documents/test_brought_along.py::test_its_kind_is_a_kind_of_document": "kind.module",
    "providers/test_resources.py::test_a_price_list_needs_its_row_too": "kind.whole",
    "known/test_accounts.py::test_there_is_no_room_for_one_more": "kind.most",
    "known/test_accounts.py::test_an_account_without_tags_is_told_where_they_are_named": "kind.granted",
    "providers/test_reading.py::test_a_listing_that_adds_up_is_complete": "kind.views.page",
    "providers/test_reading.py::test_find_asks_a_hundred_keys_at_a_time": "kind.views.keys",
    # operations
    f"{_SABOTAGE}[an edit goes elsewhere]": "operation.request",
    f"{_SABOTAGE}[a bulk command takes more]": "operation.max",
    f"{_SABOTAGE}[a bulk command takes zero]": "operation.refuses=zero",
    f"{_SABOTAGE}[a bulk command is no beta]": "operation.media",
    f"{_SABOTAGE}[price lists come after offers]": "operation.wave",
    f"{_HOSTILE}::test_every_field_of_a_new_offer": "operation.after_creation",
    f"{_PACKING}::test_several_fields_of_an_offer_ride_in_one_request": "operation.several",
    f"{_PACKING}::test_a_report_tells_so_many_rows_and_each_field_is_one": "operation.report_rows",
    f"{_PACKING}::test_the_shape_says_what_a_request_holds": "operation.shape=single operation.shape=shared_value "
    "operation.shape=keyed_list",
    f"{_PACKING}::test_what_an_operation_refuses_goes_another_way": "operation.refuses=null",
    f"{_PACKING}::test_what_counts_everywhere_counts_of_requests_that_the_spec_does_not_name": "spec.budgets.everywhere",
    f"{_PACKING}::test_views_count_against_their_budgets": "kind.views.budgets",
    f"{_PACKING}::test_pieces_are_added_by_what_can_add": "operation.differences",
    f"{_PACKING}::test_what_ends_later_is_asked_for": "operation.completion=immediate operation.completion=accepted "
    "operation.completion=command",
    f"{_HOSTILE}::test_what_a_draft_does_not_take_waits_until_it_is_listed": "operation.refuses=draft",
    # fields
    "toggles/test_six_modules.py::test_only_the_module_that_is_synced_moves": "field.module module=settings "
    "module=content module=delivery module=price module=stock module=bundle",
    f"{_SABOTAGE}[a title is read elsewhere]": "field.views",
    f"{_SABOTAGE}[stock is written elsewhere]": "field.write",
    f"{_SABOTAGE}[tags are a promotion]": "field.by",
    f"{_SABOTAGE}[a price list is another kind]": "field.refers",
    f"{_SABOTAGE}[two invoices are swapped]": "field.values",
    f"{_SABOTAGE}[a sold title is free]": "field.frozen=after_sale",
    f"{_SABOTAGE}[nothing in stock ends nothing]": "field.zero=ends",
    f"{_SABOTAGE}[a description is text]": "field.type=sections",
    f"{_SABOTAGE}[handling time is text]": "field.type=duration",
    f"{_SABOTAGE}[tags have an order]": "field.equality=unordered field.equality=exact",
    f"{_SABOTAGE}[tax is compared exactly]": "field.equality=declared",
    f"{_SABOTAGE}[parameters are compared exactly]": "field.equality=parameters",
    f"{_SABOTAGE}[a product is compared exactly]": "field.equality=product",
    f"{_SABOTAGE}[further products are compared exactly]": "field.equality=products",
    f"{_SABOTAGE}[rates look at declared methods only]": "field.equality=rates",
    f"{_HOSTILE}::test_every_field_of_an_offer_on_sale": "kind.views.request field.type=text field.type=integer "
    "field.type=boolean field.type=enum field.type=money field.type=reference field.type=references field.type=object "
    "field.type=product field.type=products field.type=parameters field.type=images field.type=tax field.type=status "
    "field.type=promotion field.equality=promotion field.cleared",
    f"{_FORECAST}::test_what_the_list_shows_is_read_from_it_unless_it_is_written_alone": "field.join",
    f"{_DIFF}::test_what_a_creation_fixes_is_frozen_where_the_spec_says_so": "field.frozen=after_creation",
    f"{_DIFF}::test_a_creation_needs_its_required_fields": "field.required",
    f"{_DIFF}::test_a_creation_says_when_it_will_be_a_draft_and_clears_nothing": "field.listed",
    f"{_LASTING}::test_promotion_is_charged_and_runs_out_with_its_cycle": "field.paid",
    f"{_HOSTILE}::test_what_cannot_be_is_refused_where_it_stands": "field.needed field.single_with",
    f"{_HOSTILE}::test_the_catalogue_fills_in_what_is_cleared": "field.refilled",
    # limits
    f"{_LIMITS}::test_a_limit_holds_up_to_its_border": "field.limits.min_length field.limits.max_length "
    "field.limits.min_words field.limits.longest_word field.limits.min_items field.limits.max_items "
    "field.limits.max_bytes field.limits.minimum field.limits.maximum field.limits.above field.limits.full_years field.limits.cause",
    f"{_LIMITS}::test_html_that_the_marketplace_refuses": "field.limits.html",
    f"{_LIMITS}::test_what_is_odd_is_said": "field.limits.max_escaped",
    # words of Etsy and eBay that the toy does not use
    "logins/test_login.py::test_a_login_is_stored_and_used": "spec.logins=device spec.logins=loopback",
    "toy/test_application.py::test_an_application_stands_for_its_seller": "spec.logins=none",
    "etsy/test_login.py::test_a_person_pastes_where_the_browser_was_sent_to": "spec.logins=paste",
    "etsy/test_login.py::test_a_callback_is_an_https_address": "spec.callback=address",
    "ebay/test_login.py::test_an_address_in_the_place_of_the_name_is_refused_before_anything_is_asked": "spec.callback=name",
    "ebay/test_login.py::test_whose_token_it_is_is_asked_at_an_address_of_its_own": "spec.environments.identity",
    "etsy/test_market.py::test_a_name_that_cannot_be_a_key_is_told_where_it_stands": "kind.key.max kind.key.pattern",
    "ebay/test_regulatory.py::test_what_the_law_wants_is_written_with_the_offer": "field.embeds",
    "ebay/test_regulatory.py::test_a_rate_that_is_none_and_a_rate_of_elsewhere": "spec.marketplaces.country",
    "ebay/test_budget.py::test_stock_goes_first_when_few_revisions_are_left_and_the_rest_goes_a_day_later": "spec.budgets.scope=offer",
    "ebay/test_fresh.py::test_what_is_sold_between_a_look_and_its_write_is_not_sold_again": "operation.fresh_seconds",
    "ebay/test_reads.py::test_an_account_at_rest_asks_for_no_names": "kind.views.trusted_hours",
    "ebay/test_reads.py::test_without_a_report_the_oldest_are_read_again_and_the_plan_says_how_old_the_rest_is": "kind.views.rotated",
    "ebay/test_apply.py::test_a_listing_on_hold_keeps_its_price_until_it_is_let_go": "field.frozen=on_hold",
    "ebay/test_zero.py::test_an_account_may_say_that_zero_ends_and_a_receipt_publishes_again": "field.zero=option",
    f"{_EBAY}[a key is no address]": "kind.key.given=address",
    f"{_EBAY}[the list says all]": "kind.views.partial",
    f"{_EBAY}[a key is asked for once]": "kind.views.besides",
    f"{_EBAY}[a description is plain]": "field.type=html",
    "etsy/test_implied.py::test_what_an_offer_names_and_the_shop_has_not_is_made_first": "kind.implied",
    "etsy/test_implied.py::test_a_name_that_says_nothing_is_told_where_it_stands": "field.limits.spelled.pattern "
    "field.limits.spelled.as",
    "etsy/test_profiles.py::test_what_a_profile_does_not_have_is_told_where_it_stands": "field.limits.parts",
    "etsy/test_properties.py::test_properties_are_read_only_where_they_are_declared_and_kept_while_the_row_stands": "kind.trusted_by",
    "etsy/test_properties.py::test_properties_are_written_one_by_one_and_the_others_stay": "operation.one_each",
    "etsy/test_properties.py::test_a_shop_that_speaks_another_language_has_no_endless_difference": "field.translated",
}

#: Words for people, or that give a thing its name: nothing is decided by them.
ABOUT = """
spec.kind spec.name spec.title spec.revision spec.source spec.kinds kind.label kind.operations kind.fields field.about
field.source
"""
