#!/usr/bin/env bash
# try-packages.sh FEED : an app outside the repository takes the packages in FEED, and its model answers.
set -euo pipefail
feed=$(cd "${1:?the folder of the packed packages}" && pwd)
case "$(uname -s)" in
    Linux) torch=libtorch-cpu-linux-x64 ;;
    Darwin) torch=libtorch-cpu-osx-arm64 ;;
    *) torch=libtorch-cpu-win-x64 ;;
esac
root=$(cd "$(dirname "$0")/.." && pwd)
version_of() { sed -n "s/.*<PackageVersion Include=\"$1\" Version=\"\([0-9.]*\)\".*/\1/p" "$root/Directory.Packages.props"; }
libtorch=$(sed -n 's/.*<LibTorchVersion>\(.*\)<.*/\1/p' "$root/Directory.Packages.props")
version=$(basename "$feed"/SkPaged.Connector.[0-9]*.nupkg .nupkg)
version=${version#SkPaged.Connector.}
app=$(mktemp -d)
trap 'rm -rf "$app"' EXIT
cd "$app"

# Packages of this repository are unpacked anew, into a folder of their own; those of others are where they always are.
home=$(dotnet nuget locals global-packages --list | sed 's/^global-packages: //')
cat > nuget.config <<XML
<configuration>
  <config><add key="globalPackagesFolder" value="$app/packages" /></config>
  <fallbackPackageFolders><add key="home" value="$home" /></fallbackPackageFolders>
  <packageSources><add key="local" value="$feed" /></packageSources>
</configuration>
XML
cat > App.csproj <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup>
    <OutputType>Exe</OutputType>
    <TargetFramework>net10.0</TargetFramework>
    <ImplicitUsings>enable</ImplicitUsings>
    <Nullable>enable</Nullable>
    <NuGetAudit>false</NuGetAudit>
  </PropertyGroup>
  <ItemGroup>
    <PackageReference Include="SkPaged.Connector" Version="$version" />
    <PackageReference Include="Microsoft.SemanticKernel" Version="$(version_of Microsoft.SemanticKernel)" />
    <PackageReference Include="$torch" Version="$libtorch" />
  </ItemGroup>
</Project>
XML
cat > Program.cs <<'CS'
using Microsoft.SemanticKernel;

var builder = Kernel.CreateBuilder();
builder.AddPagedLlmChatCompletion();
var kernel = builder.Build();
Console.WriteLine(await kernel.InvokePromptAsync<string>(
    """
    <message role="system">Mira Toft runs the Blue Anchor. It opens at 7:30.</message>
    <message role="user">Who runs the Blue Anchor?</message>
    """));
CS
dotnet build -v q
answer=$(dotnet run --no-build)
echo "SkPaged.Connector $version, out of $feed: $answer"
[[ $answer == *"Mira Toft"* ]]
