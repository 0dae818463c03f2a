using CsCheck;
using OrleansLinks.Links;

namespace OrleansLinks.Rules.Tests.Links;

/// <summary>Codes that are drawn, and aliases that are chosen.</summary>
public sealed class ShortCodeTests
{
    private const string Alphabet = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

    [Theory]
    [InlineData("abc")]
    [InlineData("A-1")]
    [InlineData("---")]
    [InlineData("___")]
    [InlineData("Spring-Sale_2026")]
    [InlineData("007")]
    public void An_alias_has_letters_digits_hyphens_and_underscores(string alias) =>
        Assert.Equal(alias, Given.Decide(new(LandingPage: Given.TypedPage, Alias: alias)).Ok().Alias);

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, true)]
    [InlineData(4, true)]
    [InlineData(63, true)]
    [InlineData(64, true)]
    [InlineData(65, false)]
    [InlineData(10_000, false)]
    public void An_alias_has_3_to_64_characters(int length, bool allowed)
    {
        var outcome = Given.Decide(new(LandingPage: Given.TypedPage, Alias: new string('a', length)));

        Assert.Equal(allowed, outcome.IsOk);
        if (!allowed)
        {
            outcome.RefusedFor("alias_invalid", "alias");
        }
    }

    [Theory]
    [InlineData("spring sale")]
    [InlineData(" spring")]
    [InlineData("spring ")]
    [InlineData("spring\n")]
    [InlineData("spring\0")]
    [InlineData("a/b")]
    [InlineData("../x")]
    [InlineData("...")]
    [InlineData("a.b")]
    [InlineData("a%62c")]
    [InlineData("a?b")]
    [InlineData("a#b")]
    [InlineData("a+b")]
    [InlineData("a:b")]
    [InlineData("a@b")]
    [InlineData("a\\b")]
    [InlineData("frühling")]
    [InlineData("春の特売")]
    [InlineData("sаle")] // Cyrillic а
    [InlineData("ѕale")] // Cyrillic ѕ
    [InlineData("ｓａｌｅ")] // full-width letters
    [InlineData("sale１")] // full-width digit
    [InlineData("١٢٣")] // Arabic-Indic digits
    [InlineData("\u212Aale")] // Kelvin sign
    [InlineData("sale\u200B")] // zero-width space
    [InlineData("sa\u00ADle")] // soft hyphen
    [InlineData("sa\u2011le")] // non-breaking hyphen
    [InlineData("sa\u0301le")] // combining accent
    [InlineData("sa\uD83D\uDE00le")]
    public void An_alias_with_any_other_character_is_refused(string alias) =>
        Given.Decide(new(LandingPage: Given.TypedPage, Alias: alias)).RefusedFor("alias_invalid", "alias");

    [Theory]
    [InlineData("api")]
    [InlineData("docs")]
    [InlineData("openapi")]
    [InlineData("health")]
    [InlineData("metrics")]
    [InlineData("postback")]
    [InlineData("pixel")]
    [InlineData("ledger")]
    [InlineData("console")]
    [InlineData("admin")]
    [InlineData("login")]
    [InlineData("favicon")]
    [InlineData("robots")]
    [InlineData("well-known")]
    [InlineData("_framework")]
    [InlineData("_blazor")]
    [InlineData("_content")]
    public void A_word_of_our_own_paths_is_reserved_in_any_case(string word)
    {
        foreach (var alias in new[] { word, word.ToUpperInvariant(), word[..1] + word[1..].ToUpperInvariant(), word[..1].ToUpperInvariant() + word[1..] })
        {
            Given.Decide(new(LandingPage: Given.TypedPage, Alias: alias)).RefusedFor("alias_reserved", "alias");
        }
    }

    [Theory]
    [InlineData("apis")]
    [InlineData("my-api")]
    [InlineData("docs-")]
    [InlineData("_docs")]
    public void A_word_that_only_contains_a_reserved_one_is_free(string alias) =>
        Given.Decide(new(LandingPage: Given.TypedPage, Alias: alias)).Ok();

    [Fact]
    public void A_regular_link_has_no_alias() =>
        Given.Decide(new(LinkForm.Regular, Given.TypedPage, Alias: "spring")).RefusedFor("alias_needs_short_form", "alias");

    [Fact]
    public void An_alias_is_allowed_exactly_when_it_is_well_formed_and_not_reserved() =>
        Gen.String[Gen.Char["abAZ09-_.é /\n"], 0, 70].Sample(
            alias =>
            {
                var wellFormed = alias.Length is >= 3 and <= 64 && alias.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');

                Assert.Equal(wellFormed, ShortCodes.IsWellFormed(alias));
                Assert.Equal(wellFormed && !ShortCodes.IsReserved(alias), ShortCodes.IsAllowedAlias(alias, out _));
            },
            iter: 5000);

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("ab")]
    [InlineData("robots.txt")]
    [InlineData("abc\n")]
    public void What_cannot_be_a_code_is_not_well_formed(string? code) => Assert.False(ShortCodes.IsWellFormed(code));

    [Fact]
    public void A_drawn_short_code_has_at_least_7_characters_that_are_not_taken_for_one_another() =>
        Gen.Select(Gen.Guid, Gen.Int[0, 999], Gen.Int[0, 50]).Sample(
            (seed, index, attempt) =>
            {
                var code = ShortCodes.Draw(LinkForm.Short, seed, index, attempt);

                Assert.Equal(ShortCodes.Length, code.Length);
                Assert.True(code.Length >= 7);
                Assert.All(code, c => Assert.Contains(c, Alphabet));
                Assert.True(ShortCodes.IsAllowedAlias(code, out _));
            },
            iter: 2000);

    [Fact]
    public void The_key_of_a_regular_link_is_longer_and_never_a_short_code()
    {
        var key = ShortCodes.Draw(LinkForm.Regular, Guid.Empty, 0, 0);

        Assert.Equal(ShortCodes.RegularKeyLength, key.Length);
        Assert.True(ShortCodes.RegularKeyLength > ShortCodes.Length);
        Assert.All(key, c => Assert.Contains(c, Alphabet));
    }

    [Fact]
    public void The_same_seed_draws_the_same_codes() =>
        Gen.Select(Gen.Guid, Gen.Int[0, 999], Gen.Int[0, 50], Gen.Enum<LinkForm>()).Sample(
            (seed, index, attempt, form) =>
            {
                Assert.Equal(ShortCodes.Draw(form, seed, index, attempt), ShortCodes.Draw(form, seed, index, attempt));
                Assert.Equal(ShortCodes.CreationId(seed, index), ShortCodes.CreationId(seed, index));
            });

    [Fact]
    public void Seed_place_in_the_batch_and_try_each_change_the_code()
    {
        var seed = new Guid("0198b0f2-0000-7000-8000-000000000001");
        var code = ShortCodes.Draw(LinkForm.Short, seed, 0, 0);

        Assert.NotEqual(code, ShortCodes.Draw(LinkForm.Short, new Guid("0198b0f2-0000-7000-8000-000000000002"), 0, 0));
        Assert.NotEqual(code, ShortCodes.Draw(LinkForm.Short, seed, 1, 0));
        Assert.NotEqual(code, ShortCodes.Draw(LinkForm.Short, seed, 0, 1));
        Assert.NotEqual(ShortCodes.CreationId(seed, 0), ShortCodes.CreationId(seed, 1));
    }

    [Fact]
    public void A_hundred_thousand_draws_are_distinct_and_none_is_reserved()
    {
        var codes = new HashSet<string>(StringComparer.Ordinal);
        for (var batch = 0; batch < 100; batch++)
        {
            var seed = new Guid(batch, 7, 3, [1, 2, 3, 4, 5, 6, 7, 8]);
            for (var index = 0; index < 1000; index++)
            {
                var code = ShortCodes.Draw(LinkForm.Short, seed, index, 0);
                Assert.True(codes.Add(code), $"{code} was drawn twice.");
                Assert.False(ShortCodes.IsReserved(code));
            }
        }

        Assert.Equal(100_000, codes.Count);
    }

    [Fact]
    public void Every_character_of_the_alphabet_is_drawn_about_equally_often_in_every_place()
    {
        const int Draws = 58_000;
        var counts = new int[ShortCodes.Length, 128];
        for (var i = 0; i < Draws; i++)
        {
            var code = ShortCodes.Draw(LinkForm.Short, new Guid(i, 1, 2, [0, 0, 0, 0, 0, 0, 0, 0]), 0, 0);
            for (var place = 0; place < code.Length; place++)
            {
                counts[place, code[place]]++;
            }
        }

        // 1,000 expected of each; the standard deviation is 31, so that 200 off is beyond six of it.
        for (var place = 0; place < ShortCodes.Length; place++)
        {
            Assert.All(Alphabet, c => Assert.InRange(counts[place, c], 800, 1200));
        }
    }
}
