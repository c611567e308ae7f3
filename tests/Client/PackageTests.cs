using System.Diagnostics;
using System.IO.Compression;
using System.Xml.Linq;

namespace FuncQueue.Client.Tests;

/// <summary>What would be published, made as it would be.</summary>
public sealed class PackageTests
{
    [Theory]
    [InlineData("clients/FuncQueue.Client", "FuncQueue.Client")]
    [InlineData("clients/FuncQueue.Client.Azure", "FuncQueue.Client.Azure")]
    [InlineData("clients/FuncQueue.Rebus", "FuncQueue.Rebus")]
    [InlineData("clients/Cli", "FuncQueue.Cli")]
    public async Task A_package_has_its_readme_licence_and_documentation(string project, string id)
    {
        var folder = Directory.CreateTempSubdirectory("funcqueue-pack");
        try
        {
            var build = AppContext.BaseDirectory.Split(Path.DirectorySeparatorChar).Contains("Release") ? "Release" : "Debug";
            var start = new ProcessStartInfo(
                "dotnet",
                ["pack", Path.Combine(Repository.Root, project), "--no-build", "-c", build, "-o", folder.FullName]
            )
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            foreach (var name in OuterBuild.Unset.Keys)
                start.Environment.Remove(name);
            using var pack = Process.Start(start)!;
            var output = pack.StandardOutput.ReadToEndAsync();
            await pack.WaitForExitAsync();
            pack.ExitCode.ShouldBe(0, await output);
            await using var package = await ZipFile.OpenReadAsync(folder.GetFiles($"{id}.*.nupkg").ShouldHaveSingleItem().FullName);
            var names = package.Entries.Select(entry => entry.FullName).ToList();
            names.ShouldContain("README.md");
            names.ShouldContain(name => name.EndsWith(".xml", StringComparison.Ordinal) && name.Contains("net10.0"));
            await using var nuspec = await package.Entries.Single(entry => entry.Name == $"{id}.nuspec").OpenAsync();
            var metadata = XDocument.Load(nuspec).Root!.Elements().First();
            string? Value(string name) => metadata.Elements().SingleOrDefault(element => element.Name.LocalName == name)?.Value;
            Value("id").ShouldBe(id);
            Value("license").ShouldBe("MIT");
            Value("readme").ShouldBe("README.md");
            Value("description").ShouldNotBeNullOrEmpty();
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
