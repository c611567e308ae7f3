using System.Reflection;

namespace FuncQueue.Worker.Tests.Support;

/// <summary>The app as <c>dotnet publish</c> made it when these tests were built.</summary>
internal static class PublishedApp
{
    public static string Folder { get; } =
        typeof(PublishedApp).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == "PublishedApp").Value!;
}
