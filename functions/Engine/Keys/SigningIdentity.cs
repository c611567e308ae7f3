using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace FuncQueue.Engine.Keys;

/// <summary>
/// The key with which the deployment signs what it tells others, and the certificate by which they verify it. Made by the first process
/// that needs it, the same for all, kept for good. Thread-safe.
/// </summary>
public sealed class SigningIdentity : IDisposable
{
    private const int KeyBits = 2048;

    private readonly RSA key;

    private SigningIdentity(byte[] privateKey, X509Certificate2 certificate)
    {
        key = RSA.Create();
        key.ImportPkcs8PrivateKey(privateKey, out _);
        Certificate = certificate;
        Secret = SHA256.HashData(privateKey);
    }

    /// <summary>Self-signed, without the private key.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>32 bytes that only the deployment knows, to derive keys of other uses from.</summary>
    public ReadOnlyMemory<byte> Secret { get; }

    /// <summary>An RSA signature (PKCS #1 version 1.5).</summary>
    public byte[] Sign(byte[] data, HashAlgorithmName hash)
    {
        // An instance of RSA is not promised to be safe for several threads.
        lock (key)
            return key.SignData(data, hash, RSASignaturePadding.Pkcs1);
    }

    public void Dispose()
    {
        key.Dispose();
        Certificate.Dispose();
    }

    internal static (byte[] PrivateKey, byte[] Certificate) Make(DateTimeOffset now)
    {
        using var key = RSA.Create(KeyBits);
        var request = new CertificateRequest("CN=FuncQueue notifications", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        // The key is never replaced, so the certificate must not end before the deployment does.
        using var certificate = request.CreateSelfSigned(now.AddDays(-1), now.AddYears(50));
        return (key.ExportPkcs8PrivateKey(), certificate.Export(X509ContentType.Cert));
    }

    internal static SigningIdentity Load(byte[] privateKey, byte[] certificate) =>
        new(privateKey, X509CertificateLoader.LoadCertificate(certificate));
}
