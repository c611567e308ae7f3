using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FuncQueue.Tidy.Tests.Reference;

/// <summary>Each guarantee lists the tests that hold it: those with the trait <c>Guarantee</c>.</summary>
public sealed partial class GuaranteesTests
{
    [Fact]
    public void The_page_lists_the_tests_of_each_guarantee()
    {
        var tests = (
            from file in Repository.Files(".cs")
            where file.StartsWith("tests/", StringComparison.Ordinal)
            from type in CSharpSyntaxTree.ParseText(Repository.Read(file)).GetRoot().DescendantNodes().OfType<ClassDeclarationSyntax>()
            from attribute in type.AttributeLists.SelectMany(list => list.Attributes)
            where attribute.Name.ToString() == "Trait"
            let arguments = attribute.ArgumentList!.Arguments.Select(a => ((LiteralExpressionSyntax)a.Expression).Token.ValueText).ToList()
            where arguments[0] == "Guarantee"
            select (Guarantee: arguments[1], Link: $"[{type.Identifier.Text}](../{file})")
        ).ToList();
        foreach (var guarantee in Numbers())
            tests.ShouldContain(test => test.Guarantee == guarantee);
        GeneratedText.Check(
            "docs/reliability.md",
            "guarantees",
            GeneratedText.Table(
                ["guarantee", "tests"],
                from test in tests
                group test.Link by test.Guarantee into held
                orderby held.Key.Length, held.Key
                select (IReadOnlyList<string>)[held.Key, string.Join(", ", held.Order(StringComparer.Ordinal))]
            )
        );
    }

    /// <summary>Those that the page gives.</summary>
    private static List<string> Numbers()
    {
        var given = Repository
            .Read("docs/reliability.md")
            .Split("\n## ")
            .Single(section => section.StartsWith("What is guaranteed\n", StringComparison.Ordinal));
        var numbers = Number().Matches(given).Select(match => match.Groups["number"].Value).ToList();
        numbers.Count.ShouldBeGreaterThanOrEqualTo(5);
        return numbers;
    }

    [GeneratedRegex(@"^(?<number>\d+)\. ", RegexOptions.Multiline)]
    private static partial Regex Number();
}
