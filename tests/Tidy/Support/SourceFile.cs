using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FuncQueue.Tidy.Tests.Support;

/// <summary>A C# file of the repository, parsed, with the project that compiles it.</summary>
internal sealed class SourceFile
{
    private SourceFile(string path, string project, string rootNamespace)
    {
        Path = path;
        Project = project;
        RootNamespace = rootNamespace;
        Root = CSharpSyntaxTree.ParseText(Repository.Read(path)).GetCompilationUnitRoot();
    }

    /// <summary>From the repository's root.</summary>
    public string Path { get; }

    /// <summary>The folder of the project.</summary>
    public string Project { get; }

    public string RootNamespace { get; }

    public CompilationUnitSyntax Root { get; }

    /// <summary>The folders from the project's to the file's.</summary>
    public IReadOnlyList<string> Folders => Path[(Project.Length + 1)..].Split('/')[..^1];

    public string? Namespace => Root.Members.OfType<BaseNamespaceDeclarationSyntax>().SingleOrDefault()?.Name.ToString();

    /// <summary>The types that are not in another type.</summary>
    public IEnumerable<MemberDeclarationSyntax> Types =>
        Root.DescendantNodes(node => node is CompilationUnitSyntax or BaseNamespaceDeclarationSyntax)
            .OfType<MemberDeclarationSyntax>()
            .Where(member => member is BaseTypeDeclarationSyntax or DelegateDeclarationSyntax);

    /// <summary>All C# files of all projects.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = [.. Projects().SelectMany(Of)];

    public static string NameOf(MemberDeclarationSyntax type) =>
        type switch
        {
            BaseTypeDeclarationSyntax named => named.Identifier.Text,
            DelegateDeclarationSyntax named => named.Identifier.Text,
            _ => throw new ArgumentException($"{type.Kind()} has no name.", nameof(type)),
        };

    private static IEnumerable<(string Folder, string RootNamespace)> Projects() =>
        from project in Repository.Files(".csproj")
        select (
            System.IO.Path.GetDirectoryName(project)!.Replace('\\', '/'),
            XDocument.Parse(Repository.Read(project)).Descendants("RootNamespace").Single().Value
        );

    private static IEnumerable<SourceFile> Of((string Folder, string RootNamespace) project) =>
        from path in Repository.Files(".cs")
        where path.StartsWith(project.Folder + "/", StringComparison.Ordinal)
        select new SourceFile(path, project.Folder, project.RootNamespace);
}
