using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FuncQueue.Tidy.Tests.Code;

/// <summary>
/// What is read at once is short enough for it. Lines are counted from the first word of a declaration, without what is said over it.
/// </summary>
public sealed class SizeTests
{
    private const int MethodLines = 70;
    private const int TypeLines = 300;
    private const int FileLines = 300;

    /// <summary>A table of data, as test cases, is none.</summary>
    [Fact]
    public void No_method_is_over_70_lines()
    {
        var found =
            from file in SourceFile.All
            from method in file.Root.DescendantNodes()
            where IsMethod(method)
            let lines = Lines(method)
            where lines > MethodLines
            select $"{file.Path}:{FirstLine(method)}: {lines} lines";
        found.ShouldBeEmpty();
    }

    /// <summary>Whatever number of files it is spread over, and with the types that are nested in it.</summary>
    [Fact]
    public void No_type_is_over_300_lines_over_all_its_parts()
    {
        var found =
            from file in SourceFile.All
            from type in file.Types
            group (file, type) by (file.Project, file.Namespace, Name(type)) into parts
            let lines = parts.Sum(part => Lines(part.type))
            where lines > TypeLines
            select $"{string.Join(", ", parts.Select(part => part.file.Path).Distinct())}: {parts.Key.Item3} has {lines} lines";
        found.ShouldBeEmpty();
    }

    [Fact]
    public void No_file_is_over_300_lines()
    {
        var found =
            from file in SourceFile.All
            let lines = file.Root.SyntaxTree.GetText(TestContext.Current.CancellationToken).Lines.Count - 1
            where lines > FileLines
            select $"{file.Path}: {lines} lines";
        found.ShouldBeEmpty();
    }

    private static bool IsMethod(SyntaxNode node) =>
        node switch
        {
            PropertyDeclarationSyntax property => property.ExpressionBody?.Expression
                is not (null or BaseObjectCreationExpressionSyntax or CollectionExpressionSyntax),
            _ => node is BaseMethodDeclarationSyntax or AccessorDeclarationSyntax or LocalFunctionStatementSyntax,
        };

    private static int Lines(SyntaxNode node)
    {
        var text = node.SyntaxTree.GetText(TestContext.Current.CancellationToken);
        return text.Lines.IndexOf(node.Span.End) - text.Lines.IndexOf(node.SpanStart) + 1;
    }

    private static int FirstLine(SyntaxNode node) => node.GetLocation().GetLineSpan().StartLinePosition.Line + 1;

    private static string Name(MemberDeclarationSyntax type) =>
        type is TypeDeclarationSyntax { TypeParameterList: { } parameters } generic
            ? generic.Identifier.Text + "`" + parameters.Parameters.Count
            : SourceFile.NameOf(type);
}
