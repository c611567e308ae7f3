namespace FuncQueue.Infra.Tests.Support;

/// <summary>A copy of the Bicep files that a test may spoil.</summary>
public sealed class InfraCopy : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("funcqueue-infra-").FullName;

    public InfraCopy()
    {
        foreach (var file in Directory.GetFiles(InfraFolder.Path, "*", SearchOption.AllDirectories))
        {
            var copy = File(Path.GetRelativePath(InfraFolder.Path, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            System.IO.File.Copy(file, copy);
        }
    }

    public string File(string relative) => Path.Combine(folder, relative);

    public Task WriteAsync(string relative, string text) =>
        System.IO.File.WriteAllTextAsync(File(relative), text, TestContext.Current.CancellationToken);

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
