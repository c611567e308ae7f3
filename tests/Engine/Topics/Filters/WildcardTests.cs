using System.Text.RegularExpressions;
using CsCheck;
using FuncQueue.Engine.Topics.Filters;

namespace FuncQueue.Engine.Tests.Topics.Filters;

/// <summary>Wildcards match what a regular expression matches, with short parts and with long ones, which are searched otherwise.</summary>
public sealed class WildcardTests
{
    private static readonly Gen<string> Text = Gen.OneOf("a", "b", "aab", "*", "\\").Array[0, 20].Select(string.Concat);

    private static readonly Gen<string> Long = Gen.OneOf(new string('a', 17), "aabaabaabaabaabaabaab", "ab", "b")
        .Array[0, 6]
        .Select(string.Concat);

    [Fact]
    public void Patterns_match_what_a_regular_expression_matches() =>
        Gen.Select(Text.Select(Cut), Text, Gen.Int[0, 3]).Sample(Check, iter: 4000);

    [Fact]
    public void Patterns_with_long_parts_match_what_a_regular_expression_matches() =>
        Gen.Select(Long.Array[1, 4].Select(parts => string.Join('*', parts)).Select(Cut), Long, Gen.Int[0, 3]).Sample(Check, iter: 1500);

    [Theory]
    [InlineData("ab*ba", "aba", false)]
    [InlineData("ab*ba", "abba", true)]
    [InlineData("*", "", true)]
    [InlineData(@"\*", "*", true)]
    [InlineData(@"\*", "a", false)]
    [InlineData(@"a\\*", @"a\b", true)]
    [InlineData(@"\**", "*x", true)]
    public void Patterns_match_as_in_Amazons_Event_Ruler(string pattern, string text, bool matches) =>
        Wildcard.Parse(pattern, out _)!.Matches(text).ShouldBe(matches);

    /// <param name="repeats">How often the text is put where the pattern has a wildcard, so that they often match.</param>
    private static void Check(string pattern, string text, int repeats)
    {
        var wildcard = Wildcard.Parse(pattern, out var fault).ShouldNotBeNull(fault);
        foreach (
            var candidate in new[]
            {
                text,
                Regex.Replace(pattern, @"\\([*\\])|\*", m => m.Value == "*" ? Repeated(text, repeats) : m.Groups[1].Value),
            }
        )
        {
            var expected = Regex.IsMatch(
                candidate,
                NaiveFilters.WildcardExpression(pattern),
                RegexOptions.Singleline | RegexOptions.NonBacktracking
            );
            wildcard.Matches(candidate).ShouldBe(expected, $"{pattern} on {candidate}");
        }
    }

    private static string Repeated(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    /// <summary>A text as a pattern: runs of asterisks are one, a backslash is escaped.</summary>
    private static string Cut(string text) => Regex.Replace(text.Replace("\\", "\\\\", StringComparison.Ordinal), @"\*+", "*");
}
