using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace FuncQueue.Tidy.Tests.Code;

/// <summary>The formatter breaks code, but neither comments nor literals: those are broken by whoever writes them.</summary>
public sealed class WidthTests
{
    private const int Columns = 140;

    /// <summary>
    /// A line of tests may be longer where data passes the last column: the content of a raw string literal,
    /// or a literal without a space at which a reader would break it.
    /// </summary>
    [Fact]
    public void No_line_is_over_140_columns()
    {
        var found =
            from file in SourceFile.All
            from line in file.Root.SyntaxTree.GetText(TestContext.Current.CancellationToken).Lines
            where line.Span.Length > Columns && !(file.Path.StartsWith("tests/", StringComparison.Ordinal) && IsInData(file, line))
            select $"{file.Path}:{line.LineNumber + 1}: {line.Span.Length} columns";
        found.ShouldBeEmpty();
    }

    private static bool IsInData(SourceFile file, TextLine line)
    {
        var token = file.Root.FindToken(line.Start + Columns);
        return token.Parent?.AncestorsAndSelf().Any(IsData) == true;
    }

    private static bool IsData(SyntaxNode node) =>
        node switch
        {
            LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.StringLiteralExpression) => IsRaw(literal.Token)
                || !literal.Token.Text.Contains(' ', StringComparison.Ordinal),
            InterpolatedStringExpressionSyntax interpolated => IsRaw(interpolated.StringStartToken)
                || !interpolated
                    .Contents.OfType<InterpolatedStringTextSyntax>()
                    .Any(text => text.TextToken.Text.Contains(' ', StringComparison.Ordinal)),
            _ => false,
        };

    private static bool IsRaw(SyntaxToken token) =>
        token.Kind()
            is SyntaxKind.SingleLineRawStringLiteralToken
                or SyntaxKind.MultiLineRawStringLiteralToken
                or SyntaxKind.InterpolatedSingleLineRawStringStartToken
                or SyntaxKind.InterpolatedMultiLineRawStringStartToken;
}
