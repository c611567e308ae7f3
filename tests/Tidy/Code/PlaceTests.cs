using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FuncQueue.Tidy.Tests.Code;

/// <summary>Who knows a type's name knows its file, and the other way round.</summary>
public sealed class PlaceTests
{
    /// <summary>
    /// What a project is for, seen from outside: it is in the project's root namespace, so that its users write one <c>using</c>, and in a
    /// folder, so that it can be read by itself.
    /// </summary>
    private const string Contract = "Contract";

    /// <summary>The runtime looks a start-up hook up by this name, without a namespace.</summary>
    private const string StartupHook = "StartupHook";

    [Fact]
    public void A_namespace_is_the_projects_root_namespace_and_the_folder()
    {
        var elsewhere =
            from file in SourceFile.All
            where file.Namespace is not null
            let folders = file.Folders is [Contract, ..] ? [] : file.Folders
            let expected = string.Join('.', [file.RootNamespace, .. folders])
            where file.Namespace != expected
            select $"{file.Path}: {file.Namespace}, not {expected}";
        elsewhere.ShouldBeEmpty();
    }

    [Fact]
    public void Every_type_is_in_a_namespace()
    {
        var homeless =
            from file in SourceFile.All
            where file.Namespace is null && file.Types.Any(type => SourceFile.NameOf(type) != StartupHook)
            select file.Path;
        homeless.ShouldBeEmpty();
    }

    /// <summary>Companions that only its own assembly sees may stand beside it, and what belongs to it alone is nested in it.</summary>
    [Fact]
    public void A_file_has_one_public_type_and_its_name()
    {
        var found =
            from file in SourceFile.All
            let types = file.Types.Where(type => type.Modifiers.Any(SyntaxKind.PublicKeyword)).Select(SourceFile.NameOf).Distinct().ToList()
            let name = Path.GetFileName(file.Path).Split('.')[0]
            where types.Count > 1 || types.Any(type => type != name)
            select $"{file.Path}: {string.Join(", ", types)}";
        found.ShouldBeEmpty();
    }

    [Fact]
    public void A_file_without_a_public_type_has_the_name_of_one_of_its_types()
    {
        var found =
            from file in SourceFile.All
            let types = file.Types.Select(SourceFile.NameOf).ToList()
            where types.Count > 0 && !types.Contains(Path.GetFileName(file.Path).Split('.')[0])
            select $"{file.Path}: {string.Join(", ", types)}";
        found.ShouldBeEmpty();
    }
}
